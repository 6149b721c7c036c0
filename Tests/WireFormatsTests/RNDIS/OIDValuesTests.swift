import Testing
import TestSupport
import WireFormats

@Suite("OID values")
struct OIDValuesTests {
  private func check<Value: OIDValue>(_ value: Value, _ bytes: [UInt8]) throws {
    #expect(value.encodedSize == bytes.count)
    #expect(poisoned(bytes.count) { value.emit(into: &$0) } == bytes)
    #expect(try Value(parsing: bytes.span.bytes) == value)
    #expect(try Value(parsing: (bytes + [0xFF]).span.bytes) == value)
    HostileBytes.withEveryTruncation(of: bytes) { truncated in
      #expect(throws: WireError.truncated(needed: bytes.count, got: truncated.count)) {
        _ = try Value(parsing: truncated.span.bytes)
      }
    }
  }

  @Test("numbers and addresses are written and read")
  func values() throws {
    try check(MaximumFrameSize(rawValue: 1500), [0xDC, 5, 0, 0])
    try check(LinkSpeed(rawValue: 100_000_000), [0, 0xE1, 0xF5, 5])
    try check(MediaConnectStatus.disconnected, [1, 0, 0, 0])
    try check([.directed, .broadcast, .allMulticast] as PacketFilter, [0x0D, 0, 0, 0])
    try check(EthernetAddress(0x00, 0x15, 0x5D, 0x0A, 0x0B, 0x0C), [0x00, 0x15, 0x5D, 0x0A, 0x0B, 0x0C])
  }

  @Test("link speed is in units of 100 bit/s, and the fastest one fits")
  func linkSpeed() {
    #expect(LinkSpeed(rawValue: 100_000_000).bitsPerSecond == 10_000_000_000)
    #expect(LinkSpeed(rawValue: .max).bitsPerSecond == 429_496_729_500)
  }
}
