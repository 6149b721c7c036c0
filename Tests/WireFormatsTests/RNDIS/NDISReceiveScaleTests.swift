import Testing
import TestSupport
import WireFormats

@Suite("NDIS receive scaling")
struct NDISReceiveScaleTests {
  private static let parameters = NDISReceiveScaleParameters(
    hash: [.toeplitz, .ipv4, .tcpIPv4, .ipv6, .tcpIPv6], indirectionTable: (0..<128).map { $0 % 4 }, key: .linux)

  private func emitted(_ value: some OIDValue) -> [UInt8] { poisoned(value.encodedSize) { value.emit(into: &$0) } }

  private func changed(_ offset: Int, _ value: UInt32, byteCount: Int = 4) -> [UInt8] {
    var bytes = emitted(Self.parameters)
    for index in 0..<byteCount { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    return bytes
  }

  private func parse(_ bytes: [UInt8]) throws(WireError) -> NDISReceiveScaleParameters {
    try NDISReceiveScaleParameters(parsing: bytes.span.bytes)
  }

  @Test("capabilities are written and read")
  func capabilities() throws {
    let value = NDISReceiveScaleCapabilities(
      hash: [.toeplitz, .ipv4, .tcpIPv4, .ipv6], interruptMessageCount: 8, receiveQueueCount: 64,
      indirectionEntryCount: 128)
    let bytes = emitted(value)
    #expect(bytes == [0x88, 2, 18, 0, 1, 7, 0, 0, 8, 0, 0, 0, 64, 0, 0, 0, 128, 0, 0, 0])
    #expect(try NDISReceiveScaleCapabilities(parsing: bytes.span.bytes) == value)
    #expect(try NDISReceiveScaleCapabilities(parsing: bytes.span.bytes.extracting(..<18)) == value)
    HostileBytes.withEveryTruncation(of: Array(bytes[..<18])) { truncated in
      #expect(throws: WireError.truncated(needed: truncated.count < 4 ? 4 : 18, got: truncated.count)) {
        _ = try NDISReceiveScaleCapabilities(parsing: truncated.span.bytes)
      }
    }
  }

  @Test("the first revision has no indirection entries to tell")
  func firstRevision() throws {
    let bytes: [UInt8] = [0x88, 1, 16, 0, 1, 7, 0, 0, 8, 0, 0, 0, 64, 0, 0, 0]
    #expect(try NDISReceiveScaleCapabilities(parsing: bytes.span.bytes).indirectionEntryCount == 0)
  }

  @Test("parameters are written and read")
  func parameters() throws {
    let bytes = emitted(Self.parameters)
    #expect(bytes.count == 592)
    #expect(
      Array(bytes[..<40]) == [
        0x89, 2, 40, 0, 0, 0, 0, 0, 0x01, 0x17, 0, 0, 0, 2, 0, 0, 40, 0, 0, 0, 40, 0, 0, 0, 0x28, 2, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,
      ])
    #expect(Array(bytes[40..<56]) == [0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
    #expect(Array(bytes[552..<556]) == [0x6D, 0x5A, 0x56, 0xDA])
    #expect(try parse(bytes) == Self.parameters)
  }

  @Test("every truncation is refused")
  func truncations() {
    HostileBytes.withEveryTruncation(of: emitted(Self.parameters)) { bytes in
      #expect(throws: WireError.self) { try parse(bytes) }
    }
  }

  @Test("a table has whole entries, and one at least", arguments: [0, 1, 2, 3, 511, 0xFFFF] as [UInt32])
  func tableSizes(byteCount: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.table, value: UInt64(byteCount))) {
      try parse(changed(12, byteCount, byteCount: 2))
    }
  }

  @Test("a key has 40 bytes", arguments: [0, 39, 41, 0xFFFF] as [UInt32])
  func keySizes(byteCount: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.hashKey, value: UInt64(byteCount))) {
      try parse(changed(20, byteCount, byteCount: 2))
    }
  }

  @Test(
    "table and key lie behind the fixed part", arguments: [0, 27, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FE00] as [UInt32])
  func offsets(offset: UInt32) {
    #expect(throws: WireError.partOutOfBounds(.table, offset: UInt64(offset), byteCount: 512, limit: 592)) {
      try parse(changed(16, offset))
    }
    #expect(throws: WireError.partOutOfBounds(.hashKey, offset: UInt64(offset), byteCount: 40, limit: 592)) {
      try parse(changed(24, offset))
    }
  }

  @Test("what is left unchanged, or disabled, may be missing")
  func missingParts() throws {
    for flags in [[.tableUnchanged, .keyUnchanged], .disabled] as [NDISReceiveScaleParameters.Flags] {
      let value = NDISReceiveScaleParameters(flags: flags, hash: .toeplitz, indirectionTable: [], key: nil)
      #expect(value.encodedSize == 40)
      #expect(try parse(emitted(value)) == value)
    }
    let disabled = NDISReceiveScaleParameters(
      flags: .disabled, hash: .toeplitz, indirectionTable: [0, 1], key: .dpdk)
    #expect(try parse(emitted(disabled)) == disabled)
  }

  @Test("another structure, no revision, or too small a size is refused")
  func headers() {
    #expect(throws: WireError.unexpectedType(expected: 0x89, got: 0x88)) { try parse(changed(0, 0x88, byteCount: 1)) }
    #expect(throws: WireError.fieldOutOfRange(.objectRevision, value: 0)) { try parse(changed(1, 0, byteCount: 1)) }
    #expect(throws: WireError.fieldOutOfRange(.objectByteCount, value: 39)) {
      try parse(changed(2, 39, byteCount: 2))
    }
  }
}
