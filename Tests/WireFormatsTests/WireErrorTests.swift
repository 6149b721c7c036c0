import Testing
import WireFormats

@Suite("Wire errors")
struct WireErrorTests {
  @Test("an error says what, and which numbers")
  func descriptions() {
    #expect(WireError.truncated(needed: 44, got: 3).description == "truncated: 44 bytes needed, got 3")
    #expect(
      WireError.unexpectedType(expected: 108, got: 0x86).description == "unexpected type 0x86, expected 0x6c")
    #expect(
      WireError.partOutOfBounds(.frame, offset: 52, byteCount: 60, limit: 100).description
        == "frame at byte 52, 60 bytes, does not fit into 100 bytes")
    #expect(WireError.fieldOutOfRange(.rangeCount, value: 0).description == "range count is 0, which is out of range")
  }

  @Test("a code without a name stays printable")
  func codes() {
    #expect(NVSPMessageType.sendRNDISPacket.description == "SEND_RNDIS_PACKET (0x6b)")
    #expect(NVSPMessageType(rawValue: 4095).description == "unknown (0xfff)")
    #expect(VMBusPacketType.completion.description == "completion (0xb)")
    #expect(NVSPVersion.v6_1.description == "NVSP 6.1 (0x60001)")
  }
}
