import Testing
import TestSupport
import WireFormats

@Suite("RNDIS information buffers")
struct RNDISInformationTests {
  private func query(count: UInt32, offset: UInt32, byteCount: Int = 40) throws(WireError) -> Range<Int> {
    let bytes = poisoned(byteCount) { out in
      for (index, field) in [4, UInt32(byteCount), 1, 0x0001_0106, count, offset].enumerated() {
        out.storeLittleEndian(field, at: 4 * index)
      }
    }
    return try RNDISQuery(parsing: bytes.span.bytes).information
  }

  @Test("information is written behind the fixed part and found again")
  func roundTrip() throws {
    let information: [UInt8] = [1, 2, 3, 4, 5]
    let message = RNDISSet(requestID: 7, oid: .currentPacketFilter, informationByteCount: information.count)
    #expect(message.encodedSize == 33)
    let bytes = poisoned(36) { message.emit(into: &$0, information: information.span.bytes) }
    let read = try RNDISSet(parsing: bytes.span.bytes)
    #expect(read == message)
    #expect(Array(bytes[read.information]) == information)
    #expect(Array(bytes[33...]) == [0, 0, 0])
  }

  @Test("information anywhere behind the fixed part is found")
  func anywhere() throws {
    #expect(try query(count: 4, offset: 20) == 28..<32)
    #expect(try query(count: 4, offset: 28) == 36..<40)
    #expect(try query(count: 12, offset: 20) == 28..<40)
  }

  @Test("without information its offset means nothing", arguments: [0, 20, 21, 1000, .max] as [UInt32])
  func none(offset: UInt32) throws {
    #expect(try query(count: 0, offset: offset).isEmpty)
  }

  @Test(
    "information outside the message, or in its fixed part, is refused",
    arguments: [
      (13, 20), (4, 29), (4, 19), (4, 0), (1, 32), (.max, 20), (.max, .max), (8, .max - 7), (.max - 27, 20),
      (4, 0x8000_0000), (0x8000_0000, 0x8000_0000),
    ] as [(UInt32, UInt32)])
  func hostile(count: UInt32, offset: UInt32) {
    #expect(
      throws: WireError.partOutOfBounds(
        .information, offset: UInt64(offset) + 8, byteCount: UInt64(count), limit: 40)
    ) { try query(count: count, offset: offset) }
  }

  @Test("information behind the message's own length is refused")
  func behindMessage() {
    let bytes = poisoned(40) { out in
      RNDISQueryComplete(requestID: 1, status: .success, informationByteCount: 16).emit(into: &out)
      out.storeLittleEndian(39 as UInt32, at: 4)
    }
    #expect(throws: WireError.partOutOfBounds(.information, offset: 24, byteCount: 16, limit: 39)) {
      _ = try RNDISQueryComplete(parsing: bytes.span.bytes)
    }
  }
}
