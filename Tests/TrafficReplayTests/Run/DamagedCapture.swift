import Foundation
import TestSupport

/// A small capture that is sound, and its damaged forms.
struct SampleImage: Sendable {
  let name: String
  let bytes: [UInt8]
  /// Where headers and what follows them begin.
  let borders: [Int]

  private init(_ name: String, _ file: CaptureImage) {
    self.name = name
    bytes = file.bytes
    borders = file.borders
  }

  /// Of both formats, both byte orders and all resolutions: with frames of none to many bytes, tags, TCP in one piece that
  /// the host is to cut, two interfaces, and two link types.
  static let all: [SampleImage] = [
    pcap("micro", magic: 0xa1b2_c3d4), pcap("nano", magic: 0xa1b2_3c4d),
    pcap("big-endian", isBigEndian: true, magic: 0xa1b2_c3d4),
    pcapng("two-interfaces", linkTypes: [1, 1]), pcapng("big-endian-ng", isBigEndian: true, linkTypes: [1, 1]),
    pcapng("two-link-types", linkTypes: [1, 113]),
  ]

  private static func pcap(_ name: String, isBigEndian: Bool = false, magic: UInt32) -> SampleImage {
    var image = PcapImage(isBigEndian: isBigEndian, magic: magic)
    for (index, frame) in frames.enumerated() {
      image.appendRecord(
        seconds: UInt32(index / 3), fraction: UInt32(index % 3), originalByteCount: UInt32(frame.count + index % 2),
        frame)
    }
    return SampleImage(name, image.file)
  }

  private static func pcapng(_ name: String, isBigEndian: Bool = false, linkTypes: [UInt16]) -> SampleImage {
    var image = PcapngImage(isBigEndian: isBigEndian)
    for (index, linkType) in linkTypes.enumerated() {
      image.appendInterface(linkType: linkType, digits: index == 0 ? 6 : 9)
    }
    for (index, frame) in frames.enumerated() {
      image.appendPacket(interface: UInt32(index % linkTypes.count), timestamp: UInt64(index) << 20, frame)
    }
    image.appendSimplePacket(frames[0])
    return SampleImage(name, image.file)
  }

  private static let frames: [[UInt8]] = {
    var frame = TestFrame()
    frame.payload = [UInt8](repeating: 7, count: 12_000)
    let segmented = frame.bytes(.largeSend)
    frame.payload = [1, 2, 3]
    frame.isUDP = true
    let datagram = frame.bytes()
    frame.isIPv6 = true
    frame.extensionHeaderCount = 1
    frame.tags = [7, 8]
    return [datagram, [], Array(datagram.prefix(13)), frame.bytes(), segmented, datagram]
  }()
}

/// A damaged capture. The same seed damages it the same way.
struct DamagedCapture: CustomStringConvertible {
  let source: String
  let seed: UInt64
  private(set) var bytes: [UInt8]
  private(set) var damages: [String] = []

  var description: String {
    "seed \(seed), \(source), \(damages.joined(separator: ", ")): \(Data(bytes).base64EncodedString())"
  }

  /// One to three damages, some of them to what another has left.
  init(of image: SampleImage, seed: UInt64) {
    source = image.name
    self.seed = seed
    bytes = image.bytes
    var chance = SeededGenerator(seed: seed)
    for _ in 0..<Int.random(in: 1...3, using: &chance) {
      let kind = Kind.allCases[Int.random(in: 0..<Kind.allCases.count, using: &chance)]
      damages.append(kind.rawValue)
      damage(kind, image.borders, &chance)
    }
  }

  /// Cut off there.
  init(of image: SampleImage, cutAt byteCount: Int) {
    source = image.name
    seed = 0
    bytes = Array(image.bytes.prefix(byteCount))
    damages = ["cut at \(byteCount)"]
  }

  enum Kind: String, CaseIterable {
    case cut, bits, length, size, magic, swap, removal, zeros, repetition, spoil
  }

  private static let magics: [[UInt8]] = [
    [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d],
    [0x0a, 0x0d, 0x0d, 0x0a], [0x34, 0xcd, 0xb2, 0xa1], [0x1f, 0x8b, 8, 0], [0x28, 0xb5, 0x2f, 0xfd], [0, 0, 0, 0],
  ]

  private mutating func damage(_ kind: Kind, _ borders: [Int], _ chance: inout SeededGenerator) {
    guard bytes.count >= 8 else { return }
    let anywhere = Int.random(in: 0...bytes.count - 4, using: &chance)
    let border = borders[Int.random(in: 0..<borders.count, using: &chance)]
    // A word of a header, most likely one of its lengths.
    let word = min(border + 4 * Int.random(in: 0...2, using: &chance), bytes.count - 4)
    switch kind {
    case .cut: bytes.removeLast(bytes.count - min(border + Int.random(in: -3...3, using: &chance) & 7, bytes.count))
    case .bits:
      for _ in 0..<Int.random(in: 1...8, using: &chance) {
        bytes[Int.random(in: 0..<bytes.count, using: &chance)] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
      }
    case .length:
      let extreme = HostileBytes.extremes[Int.random(in: 0..<HostileBytes.extremes.count, using: &chance)]
      withUnsafeBytes(of: extreme) { bytes.replaceSubrange(word..<word + 4, with: $0) }
    case .size:
      // By one, by four, or no multiple of four any more; in either byte order.
      let index = word + (Bool.random(using: &chance) ? 0 : 3)
      bytes[index] &+= UInt8.random(in: 1...5, using: &chance) &* (Bool.random(using: &chance) ? 1 : 255)
    case .magic:
      let magic = Self.magics[Int.random(in: 0..<Self.magics.count, using: &chance)]
      bytes.replaceSubrange(0..<4, with: magic)
    case .swap: bytes[word..<word + 4].reverse()
    case .removal: bytes.removeSubrange(anywhere..<min(anywhere + Int.random(in: 1...40, using: &chance), bytes.count))
    case .zeros:
      bytes.insert(contentsOf: [UInt8](repeating: 0, count: Int.random(in: 1...64, using: &chance)), at: word)
    case .repetition: bytes.insert(contentsOf: bytes[anywhere..<min(anywhere + 64, bytes.count)], at: word)
    case .spoil: bytes = HostileBytes.spoiled(bytes, using: &chance)
    }
  }
}
