import Foundation
import PacketCapture
import TestSupport
import Testing

@Suite("hostile captures")
struct HostileCaptureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let recordSizes = [0, 1, 60, 14, 200]

  private static let image: [UInt8] = {
    var image = PcapImage()
    for (index, size) in recordSizes.enumerated() {
      image.appendRecord(seconds: UInt32(index), fraction: 5, [UInt8](repeating: UInt8(index), count: size))
    }
    return image.bytes
  }()

  @Test("a file cut anywhere gives the packets before the cut")
  func everyTruncation() throws {
    // Where each record ends.
    let ends = Self.recordSizes.reduce(into: [24]) { $0.append($0[$0.count - 1] + 16 + $1) }
    for length in 0...Self.image.count {
      let path = try folder.write(Array(Self.image.prefix(length)), to: "cut.pcap")
      guard length >= 24 else {
        let error = #expect(throws: CaptureError.self) { try ReadCapture(path: path) }
        guard case .notACapture(path, _) = error else {
          Issue.record("cut at \(length): \(String(describing: error))")
          continue
        }
        continue
      }
      let capture = try ReadCapture(path: path)
      let wholeCount = ends.lastIndex { $0 <= length } ?? 0
      #expect(capture.packets.map(\.bytes.count) == Array(Self.recordSizes.prefix(wholeCount)), "cut at \(length)")
      #expect(capture.endsForGood)
      if ends.contains(length) {
        #expect(capture.error == nil, "cut at \(length)")
      } else {
        guard case .damaged(path, afterPackets: wholeCount, let reason) = capture.error else {
          Issue.record("cut at \(length): \(String(describing: capture.error))")
          continue
        }
        #expect(reason.hasPrefix("truncated"))
      }
    }
  }

  @Test("a pcapng file cut anywhere ends or says so", .enabled(if: SharedCaptures.arePresent))
  func everyTruncationOfPcapng() throws {
    let whole = [UInt8](
      try Data(contentsOf: URL(filePath: SharedCaptures.path("two-interfaces-us-ns.pcapng"))))
    var counts: [Int] = []
    for length in 0...whole.count {
      let path = try folder.write(Array(whole.prefix(length)), to: "cut.pcapng")
      do {
        let capture = try ReadCapture(path: path)
        counts.append(capture.packets.count)
        #expect(capture.endsForGood)
      } catch let error {
        guard case .notACapture = error else { throw error }
        #expect(counts.isEmpty, "once the header is whole it stays so")
      }
    }
    #expect(counts == counts.sorted())
    #expect(Set(counts) == Set(0...6))
  }

  @Test(
    "a record that claims more than a packet can have is damage, not memory",
    arguments: [262_145, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as [UInt32],
    [0, 1, 65_535, 262_144, 0xffff_ffff] as [UInt32])
  func hugeRecord(capturedByteCount: UInt32, snapLength: UInt32) throws {
    var image = PcapImage(snapLength: snapLength)
    image.appendRecord(seconds: 0, fraction: 0, [9])
    image.appendRecord(
      seconds: 0, fraction: 0, capturedByteCount: capturedByteCount, originalByteCount: capturedByteCount,
      [UInt8](repeating: 0, count: 5000))
    let path = try folder.write(image.bytes, to: "huge.pcap")
    let capture = try ReadCapture(path: path)
    #expect(capture.packets.map(\.bytes) == [[9]])
    guard case .damaged(path, afterPackets: 1, _) = capture.error else {
      Issue.record("\(String(describing: capture.error))")
      return
    }
  }

  @Test("any time in a record becomes a time", arguments: [0xa1b2_3c4d, 0xa1b2_c3d4] as [UInt32])
  func oddTimes(magic: UInt32) throws {
    let values: [UInt32] = [0, 1, 999_999_999, 1_000_000_000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]
    var image = PcapImage(magic: magic)
    for seconds in values {
      for fraction in values { image.appendRecord(seconds: seconds, fraction: fraction, [1]) }
    }
    let capture = try ReadCapture(path: folder.write(image.bytes, to: "times.pcap"))
    #expect(capture.packets.count == 49 && capture.error == nil)
    // Where the fraction is a fraction, the seconds count on until 2106.
    #expect(
      stride(from: 0, to: 49, by: 7).map { capture.packets[$0].timestamp } == values.map { Int64($0) * 1_000_000_000 })
  }

  @Test("a pcapng time that nanoseconds cannot count to is the last they can")
  func timesTooLarge() throws {
    var image = PcapngImage()
    image.appendInterface(digits: 0)
    for high in [0, 2, 0x1000_0000, 0x7fff_ffff] as [UInt64] {
      image.appendPacket(timestamp: high << 32 | 9, [0xee])
    }
    let capture = try ReadCapture(path: folder.write(image.bytes, to: "late.pcapng"))
    #expect(capture.error == nil)
    let expected: [Int64] = [9_000_000_000, 8_589_934_601_000_000_000, .max, .max]
    #expect(capture.packets.map(\.timestamp) == expected)
  }

  @Test("random damage never traps and always ends", arguments: 0..<8 as Range<UInt64>)
  func randomDamage(seed: UInt64) throws {
    var numbers = SplitMix64(seed: seed)
    var images = [Self.image]
    if SharedCaptures.arePresent {
      images += try ["two-interfaces-us-ns.pcapng", "nanosecond.pcap", "big-endian.pcap"].map {
        [UInt8](try Data(contentsOf: URL(filePath: SharedCaptures.path($0))))
      }
    }
    for round in 0..<250 {
      var bytes = images[round % images.count]
      for _ in 0..<numbers.next(in: 1...8) {
        // The first bytes of a file and of a record are where the lengths are.
        let position = numbers.next(in: 0...min(bytes.count - 1, round % 3 == 0 ? 60 : .max))
        bytes[position] = UInt8(truncatingIfNeeded: numbers.next())
      }
      bytes.removeLast(numbers.next(in: 0...2) == 0 ? numbers.next(in: 0...bytes.count) : 0)
      let path = try folder.write(bytes, to: "damaged")
      do {
        let capture = try ReadCapture(path: path)
        #expect(capture.endsForGood, "seed \(seed), round \(round)")
        #expect(capture.capturedByteCount <= bytes.count, "seed \(seed), round \(round)")
      } catch let error {
        guard case .notACapture = error else {
          Issue.record("seed \(seed), round \(round): \(error)")
          continue
        }
      }
    }
  }
}
