import Testing
import TestSupport
import WireFormats

/// Checks what holds for every control message: `fields` are its bytes behind type and length.
private func check<Message: RNDISControlMessage>(_ message: Message, type: UInt32, fields: [UInt32]) throws {
  let size = 8 + 4 * fields.count
  let encoded = poisoned(size) { out in
    for (index, field) in ([type, UInt32(size)] + fields).enumerated() { out.storeLittleEndian(field, at: 4 * index) }
  }
  #expect(poisoned(size) { message.emit(into: &$0) } == encoded)
  #expect(poisoned(size + 5) { message.emit(into: &$0) } == encoded + [0, 0, 0, 0, 0])
  #expect(try Message(parsing: encoded.span.bytes) == message)
  #expect(try Message(parsing: (encoded + [0xFF]).span.bytes) == message)

  HostileBytes.withEveryTruncation(of: encoded) { bytes in
    #expect(throws: WireError.self) { _ = try Message(parsing: bytes.span.bytes) }
  }
  for length in [0, 7, 8, UInt32(Message.fixedSize) - 1, UInt32(size) + 1, 0x7FFF_FFFF, .max] {
    let bytes = poisoned(size) { out in
      message.emit(into: &out)
      out.storeLittleEndian(length, at: 4)
    }
    #expect(throws: WireError.self, "length \(length)") { _ = try Message(parsing: bytes.span.bytes) }
  }
  var other = encoded
  other[1] = 0x55
  #expect(throws: WireError.unexpectedType(expected: type, got: type | 0x5500)) {
    _ = try Message(parsing: other.span.bytes)
  }
}

@Suite("RNDIS control messages")
struct RNDISControlMessageTests {
  @Test("initialization, as the vector has it")
  func initialize() throws {
    try check(RNDISInitialize(requestID: 1), type: 2, fields: [1, 1, 0, 0x4000])
    let vector = GoldenVectors.rndisInitialize.bytes
    #expect(poisoned(24) { RNDISInitialize(requestID: 1).emit(into: &$0) } == vector)
    #expect(try RNDISInitialize(parsing: vector.span.bytes) == RNDISInitialize(requestID: 1))
    try check(
      RNDISInitializeComplete(
        requestID: 1, status: .success, maximumPacketsPerMessage: 8, maximumTransferByteCount: 0xEFFF_FFFF,
        packetAlignmentFactor: 3),
      type: 0x8000_0002, fields: [1, 0, 1, 0, 1, 0, 8, 0xEFFF_FFFF, 3, 0, 0])
  }

  @Test("queries and changes")
  func queriesAndChanges() throws {
    try check(RNDISQuery(requestID: 2, oid: .currentAddress), type: 4, fields: [2, 0x0101_0102, 0, 20, 0])
    try check(
      RNDISSet(requestID: 3, oid: .currentPacketFilter, informationByteCount: 4), type: 5,
      fields: [3, 0x0001_010E, 4, 20, 0, 0])
    try check(
      RNDISQueryComplete(requestID: 2, status: .success, informationByteCount: 8), type: 0x8000_0004,
      fields: [2, 0, 8, 16, 0, 0])
    try check(RNDISSetComplete(requestID: 3, status: .invalidData), type: 0x8000_0005, fields: [3, 0xC001_0015])
  }

  @Test("the rest of the dialogue")
  func rest() throws {
    try check(RNDISHalt(requestID: 9), type: 3, fields: [9])
    try check(RNDISReset(), type: 6, fields: [0])
    try check(RNDISResetComplete(status: .success, addressingReset: true), type: 0x8000_0006, fields: [0, 1])
    try check(RNDISIndicateStatus(status: .mediaConnect), type: 7, fields: [0x4001_000B, 0, 12])
    try check(
      RNDISIndicateStatus(status: .linkSpeedChange, informationByteCount: 4), type: 7,
      fields: [0x4001_0013, 4, 12, 0])
    try check(RNDISKeepalive(requestID: 10), type: 8, fields: [10])
    try check(RNDISKeepaliveComplete(requestID: 10, status: .success), type: 0x8000_0008, fields: [10, 0])
  }

  @Test("the header of any message can be read first; other messages may follow")
  func header() throws {
    let bytes = GoldenVectors.aggregateImage.bytes
    let header = try RNDISMessageHeader(parsing: bytes.span.bytes)
    #expect(header.type == .packet)
    #expect(header.messageByteCount == 128)
    #expect(throws: WireError.truncated(needed: 8, got: 7)) {
      _ = try RNDISMessageHeader(parsing: bytes.span.bytes.extracting(0..<7))
    }
  }
}
