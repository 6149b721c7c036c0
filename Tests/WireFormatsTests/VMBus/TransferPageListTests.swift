import Testing
import TestSupport
import WireFormats

@Suite("Transfer page list")
struct TransferPageListTests {
  private static let headers = Array(GoldenVectors.transferPagePacket.bytes[16..<40])

  private func ranges(_ bytes: [UInt8]) throws(WireError) -> [TransferRange] {
    let list = try TransferPageList(parsing: bytes.span.bytes)
    return (0..<list.count).map { list[$0] }
  }

  @Test("the vector's ranges are read")
  func golden() throws {
    #expect(try TransferPageList(parsing: Self.headers.span.bytes).pageSetID == 0xCAFE)
    #expect(
      try ranges(Self.headers) == [
        TransferRange(byteCount: 120, byteOffset: 0), TransferRange(byteCount: 120, byteOffset: 1728),
      ])
  }

  @Test("every truncation is refused")
  func truncations() {
    HostileBytes.withEveryTruncation(of: Self.headers) { bytes in
      #expect(throws: WireError.truncated(needed: bytes.count < 8 ? 8 : 24, got: bytes.count)) { try ranges(bytes) }
    }
  }

  @Test("562 ranges are accepted, more are not", arguments: [562, 563, 0x1FFF_FFFF, 0x2000_0000, .max] as [UInt32])
  func rangeCounts(count: UInt32) throws {
    var bytes = [UInt8](repeating: 0, count: 8 + 8 * 600)
    for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: count >> UInt32(8 * index)) }
    if count <= 562 {
      #expect(try ranges(bytes).count == Int(count))
    } else {
      #expect(throws: WireError.fieldOutOfRange(.rangeCount, value: UInt64(count))) { try ranges(bytes) }
    }
  }

  @Test("whatever stands between set id and count is ignored")
  func garbage() throws {
    var bytes = Self.headers
    bytes[2] = 0xFF
    bytes[3] = 0xFF
    #expect(try ranges(bytes) == ranges(Self.headers))
  }

  @Test("a range lies in the buffer and in a sub-allocation")
  func rangeRules() throws {
    func check(_ byteCount: UInt32, _ byteOffset: UInt32) throws(WireError) {
      try TransferRange(byteCount: byteCount, byteOffset: byteOffset)
        .validate(bufferByteCount: 17_280, subAllocationByteCount: 1728)
    }
    try check(1728, 15_552)
    try check(8, 17_272)
    #expect(throws: WireError.partOutOfBounds(.transferRange, offset: 15_553, byteCount: 1728, limit: 17_280)) {
      try check(1728, 15_553)
    }
    // The sum is 0 in 32 bits.
    #expect(throws: WireError.partOutOfBounds(.transferRange, offset: 0xFFFF_FFF8, byteCount: 8, limit: 17_280)) {
      try check(8, 0xFFFF_FFF8)
    }
    #expect(throws: WireError.fieldOutOfRange(.rangeByteCount, value: 1729)) { try check(1729, 0) }
    #expect(throws: WireError.fieldOutOfRange(.rangeByteCount, value: 7)) { try check(7, 0) }
  }
}
