import PacketCapture
import TestSupport
import Testing

@Suite("an Ethernet header for packets without one")
struct EthernetFramingTests {
  private let folder: TemporaryFolder
  private let addresses = EthernetAddresses(source: [2, 0, 0, 0, 0, 1], destination: [2, 0, 0, 0, 0, 9])
  private let header: [UInt8] = [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1]

  init() throws { folder = try TemporaryFolder() }

  private func read(_ packets: [[UInt8]], linkType: UInt32) throws -> (packets: [PacketRecord], skipped: UInt64) {
    var image = PcapImage(linkType: linkType)
    for packet in packets {
      image.appendRecord(seconds: 1, fraction: 2, originalByteCount: UInt32(packet.count + 100), packet)
    }
    var reader = try CaptureReader(path: folder.write(image.bytes, to: "capture"), ethernet: addresses)
    let isFraming = reader.isFraming
    #expect(isFraming)
    var records: [PacketRecord] = []
    while let packet = try reader.next() {
      records.append(
        PacketRecord(
          bytes: packet.bytes.withUnsafeBytes { Array($0) }, originalByteCount: packet.originalByteCount,
          timestamp: packet.timestamp))
    }
    return (records, UInt64(reader.packetCount - records.count))
  }

  /// A cooked header of the first version, for a protocol.
  private func cooked(_ type: UInt16) -> [UInt8] {
    [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, UInt8(type >> 8), UInt8(type & 0xff)]
  }

  @Test("has the type of a cooked header, which it replaces")
  func linuxCooked() throws {
    let (packets, skipped) = try read([cooked(0x0806) + [7, 8, 9], cooked(0x86dd)], linkType: 113)
    #expect(packets.map(\.bytes) == [header + [8, 6, 7, 8, 9], header + [0x86, 0xdd]])
    #expect(packets.map(\.originalByteCount) == [17 + 100, 14 + 100])
    #expect(packets.map(\.timestamp) == [1_000_000_002, 1_000_000_002])
    #expect(skipped == 0)
  }

  @Test("has the type of a cooked header of the second version")
  func linuxCooked2() throws {
    let header2: [UInt8] = [8, 0, 0, 0] + [UInt8](repeating: 3, count: 16)
    let (packets, _) = try read([header2 + [0x45, 1]], linkType: 276)
    #expect(packets.map(\.bytes) == [header + [8, 0, 0x45, 1]])
  }

  @Test("has the type of the version of IP", arguments: [101, 228, 229] as [UInt32])
  func rawIP(linkType: UInt32) throws {
    let four: [UInt8] = [0x45, 1, 2]
    let six: [UInt8] = [0x60, 3, 4]
    let (packets, _) = try read(linkType == 229 ? [six] : linkType == 228 ? [four] : [four, six], linkType: linkType)
    let expected = [header + [8, 0] + four, header + [0x86, 0xdd] + six]
    #expect(packets.map(\.bytes) == (linkType == 229 ? [expected[1]] : linkType == 228 ? [expected[0]] : expected))
  }

  @Test("is not made for a packet without an EtherType, which is counted")
  func skipped() throws {
    let (packets, skipped) = try read(
      [cooked(4) + [1], cooked(0x5ff), cooked(0x600) + [2], [1, 2, 3], []], linkType: 113)
    #expect(packets.map(\.bytes) == [header + [6, 0, 2]])
    #expect(skipped == 4)
    #expect(try read([[0x50], [], [0x45]], linkType: 101).skipped == 2)
  }

  @Test("is not given to packets that have one, nor to those of other captures", arguments: [1, 105] as [UInt32])
  func others(linkType: UInt32) throws {
    var image = PcapImage(linkType: linkType)
    image.appendRecord(seconds: 1, fraction: 2, [1, 2, 3])
    var reader = try CaptureReader(path: folder.write(image.bytes, to: "capture"), ethernet: addresses)
    let isFraming = reader.isFraming
    let byteCount = try reader.next()?.bytes.byteCount
    #expect(!isFraming && byteCount == 3)
  }
}
