import PacketCapture
import TestSupport
import Testing

@Suite("a pcapng file of several interfaces")
struct SeveralInterfacesTests {
  /// The bytes of a pcapng file, block by block.
  private struct PcapngImage {
    var bytes: [UInt8] = []

    mutating func append(_ words: UInt32...) {
      for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    }

    init() { append(0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, .max, .max, 28) }

    /// An Ethernet interface with this value of `if_tsresol`; nil: microseconds, as without it.
    mutating func appendInterface(resolution: UInt32?) {
      if let resolution {
        append(1, 32, 1, 0, 0x0001_0009, resolution, 0, 32)
      } else {
        append(1, 20, 1, 0, 20)
      }
    }

    mutating func appendPacket(interface: UInt32, ticks: UInt64, _ byte: UInt32) {
      append(6, 36, interface, UInt32(ticks >> 32), UInt32(truncatingIfNeeded: ticks), 1, 1, byte, 36)
    }
  }

  @Test("gives each packet its time by its own interface's resolution")
  func resolutions() throws {
    var image = PcapngImage()
    // Microseconds, nanoseconds, and a 2 to the power of -20 part of a second.
    for resolution in [nil, 9, 0x80 | 20] as [UInt32?] { image.appendInterface(resolution: resolution) }
    image.appendPacket(interface: 1, ticks: 1_700_000_000_123_456_789, 1)
    image.appendPacket(interface: 0, ticks: 1_700_000_000_123_457, 2)
    image.appendPacket(interface: 2, ticks: 1_700_000_000 << 20 | 1 << 19, 3)
    image.appendPacket(interface: 2, ticks: 1_700_000_001 << 20 | 1 << 18, 4)
    let folder = try TemporaryFolder()
    let capture = try ReadCapture(path: folder.write(image.bytes, to: "several.pcapng"))
    #expect(capture.error == nil)
    #expect(capture.packets.map(\.bytes) == [[1], [2], [3], [4]])
    #expect(
      capture.packets.map(\.timestamp) == [
        1_700_000_000_123_456_789, 1_700_000_000_123_457_000, 1_700_000_000_500_000_000, 1_700_000_001_250_000_000,
      ])
  }
}
