import TestSupport
import WireFormats

/// What the guest must put into a ring, written down field by field from the protocol and not by its code.
enum ExpectedPacket {
  /// The id of messages without an answer.
  static let noAnswer: UInt64 = 0xFFFF_FFFF_FFFF_FFFD
  /// The id of a control request, counted from 1: ids of data have a slot in the lower half, and these have none.
  static func requestID(_ number: UInt64) -> UInt64 { number << 32 }

  /// An in-band packet with an NVSP message of 40 bytes, given as its leading 32-bit words.
  static func inBand(_ message: [UInt32], id: UInt64, asksForCompletion: Bool, start: UInt32) -> [UInt8] {
    let flags: UInt64 = asksForCompletion ? 1 << 48 : 0
    return words([0x0000_0007_0002_0006 | flags, id]) + nvsp(message) + words([UInt64(start) << 32])
  }

  /// A GPA-direct packet with one range at the start of a page, carrying an RNDIS control message.
  static func control(byteCount: UInt32, page: UInt64, id: UInt64, start: UInt32) -> [UInt8] {
    words([0x0001_000A_0005_0009, id, 1 << 32, UInt64(byteCount), page])
      + nvsp([107, 1, 0xFFFF_FFFF, 0]) + words([UInt64(start) << 32])
  }

  /// The acknowledgement of a receive packet: golden, with its id and place.
  static func acknowledgement(of id: UInt64, status: NVSPStatus = .success, start: UInt32) -> [UInt8] {
    var bytes = GoldenVectors.acknowledgement.bytes
    bytes.replaceSubrange(8..<16, with: words([id]))
    bytes.replaceSubrange(20..<24, with: halves([status.rawValue]))
    bytes.replaceSubrange(24..<32, with: words([UInt64(start) << 32]))
    return bytes
  }

  /// The golden packet of a section, with another id, section, size and place.
  static func frame(section: UInt32, byteCount: UInt32, id: UInt64, start: UInt32) -> [UInt8] {
    var bytes = GoldenVectors.sectionPacket.bytes
    bytes.replaceSubrange(8..<16, with: words([id]))
    bytes.replaceSubrange(24..<32, with: words([UInt64(section) | UInt64(byteCount) << 32]))
    bytes.replaceSubrange(56..<64, with: words([UInt64(start) << 32]))
    return bytes
  }

  /// The RNDIS message of a frame without per-packet info: 44 bytes of header, then the frame.
  static func section(_ frame: [UInt8]) -> [UInt8] {
    let count = UInt32(frame.count)
    return halves([1, 44 + count, 36, count, 0, 0, 0, 36, 0, 0, 0]) + frame
  }

  /// The RNDIS messages of several frames in one section: each but the last padded, with zeros, to the alignment.
  static func section(_ frames: [[UInt8]], alignment: Int) -> [UInt8] {
    frames.enumerated().flatMap { index, frame in
      var packet = section(frame)
      guard index < frames.count - 1 else { return packet }
      packet += [UInt8](repeating: 0, count: (alignment - packet.count % alignment) % alignment)
      packet.replaceSubrange(4..<8, with: halves([UInt32(packet.count)]))
      return packet
    }
  }

  /// 64-bit words, little-endian.
  static func words(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  /// 32-bit words, little-endian.
  static func halves(_ halves: [UInt32]) -> [UInt8] {
    halves.flatMap { half in (0..<4).map { UInt8(truncatingIfNeeded: half >> (8 * $0)) } }
  }

  private static func nvsp(_ message: [UInt32]) -> [UInt8] {
    let bytes = halves(message)
    return bytes + [UInt8](repeating: 0, count: 40 - bytes.count)
  }
}
