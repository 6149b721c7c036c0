import TestSupport
import Testing
import WireFormats

@Suite("Packet offload")
struct PacketOffloadTests {
  private static let tcp = TransmitChecksumInfo([.isIPv4, .tcp], transportHeaderOffset: 34)
  private static let largeSend = LargeSendInfo(segmentByteCount: 1460, tcpHeaderOffset: 34, isIPv6: false)
  private static let tag = VLANTagInfo(priority: 5, vlanID: 100)

  private func parse(_ bytes: [UInt8]) throws(WireError) -> PacketOffload {
    try PacketOffload(parsing: bytes.span.bytes)
  }

  @Test("the golden element of a TCP checksum is written and read")
  func golden() throws {
    let golden = Array(GoldenVectors.sectionImage.bytes[44..<60])
    let offload = PacketOffload(transport: .checksum(Self.tcp))
    #expect(offload.encodedSize == 16)
    #expect(poisoned(16) { offload.emit(into: &$0) } == golden)
    #expect(try parse(golden) == offload)
  }

  @Test("hash, tag and large send are written in one go, byte for byte")
  func full() throws {
    let offload = PacketOffload(transport: .largeSend(Self.largeSend), vlanTag: Self.tag, flowHash: 0x0FDD_9D29)
    let expected = HexVector(
      """
      0000  10 00 00 00 08 00 00 00 0c 00 00 00 29 9d dd 0f 10 00 00 00 06 00 00 00 0c 00 00 00 45 06 00 00
      0020  10 00 00 00 02 00 00 00 0c 00 00 00 b4 05 20 42
      """)
    #expect(offload.encodedSize == 48)
    let untouched: [UInt8] = [0xA5, 0xA5, 0xA5]
    #expect(poisoned(54) { offload.emit(into: &$0, at: 3) } == untouched + expected.bytes + untouched)
    #expect(try parse(expected.bytes) == offload)
  }

  @Test("whatever is asked comes back as it was written, in as many bytes as it says")
  func roundTrips() throws {
    let transports: [PacketOffload.Transport] = [.none, .checksum(Self.tcp), .largeSend(Self.largeSend)]
    for transport in transports {
      for tag in [nil, Self.tag] {
        for hash in [nil, 0, UInt32.max] {
          let offload = PacketOffload(transport: transport, vlanTag: tag, flowHash: hash)
          let bytes = poisoned(Int(offload.encodedSize)) { offload.emit(into: &$0) }
          #expect(try parse(bytes) == offload)
        }
      }
    }
  }

  @Test("nothing asked takes no bytes, and no bytes ask for nothing")
  func nothing() throws {
    #expect(PacketOffload().encodedSize == 0)
    #expect(try parse([]) == PacketOffload())
  }

  @Test("a hash, and what a frame merely is, ask for no work")
  func work() {
    #expect(!PacketOffload(flowHash: 1).asksForWork)
    #expect(!PacketOffload(transport: .checksum(TransmitChecksumInfo(.isIPv4, transportHeaderOffset: 34))).asksForWork)
    #expect(PacketOffload(vlanTag: Self.tag).asksForWork)
    for work in [.tcp, .udp, .ipv4Header] as [TransmitChecksumInfo.Work] {
      #expect(PacketOffload(transport: .checksum(TransmitChecksumInfo(work, transportHeaderOffset: 0))).asksForWork)
    }
    #expect(PacketOffload(transport: .largeSend(Self.largeSend)).asksForWork)
  }

  @Test("a large send wins over checksums, and the last of several elements counts")
  func precedence() throws {
    let infos: [PerPacketInfo] = [
      .largeSend(Self.largeSend), .checksum(Self.tcp), .hashValue(1), PerPacketInfo(type: .hashInformation, value: 7),
      .hashValue(2), PerPacketInfo(type: .init(rawValue: 99), value: 3),
    ]
    let bytes = poisoned(16 * infos.count) { out in
      for (index, info) in infos.enumerated() { info.emit(into: &out, at: 16 * index) }
    }
    #expect(try parse(bytes) == PacketOffload(transport: .largeSend(Self.largeSend), flowHash: 2))
  }

  @Test("an element that is not whole is refused")
  func truncations() {
    let bytes = poisoned(16) { PacketOffload(vlanTag: Self.tag).emit(into: &$0) }
    for count in 1..<16 { #expect(throws: WireError.self) { try parse(Array(bytes[..<count])) } }
  }
}
