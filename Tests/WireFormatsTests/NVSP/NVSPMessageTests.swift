import Testing
import TestSupport
import WireFormats

/// Checks what holds for every message: `fields` are its bytes behind the type.
private func check<Message: NVSPMessage>(_ message: Message, number: UInt32, fields: [UInt8]) throws {
  let encoded = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) } + fields
  let sizes = [encoded.count, 28, 32, 40].filter { $0 >= encoded.count }
  for size in sizes {
    let bytes = poisoned(size) { message.emit(into: &$0) }
    #expect(bytes == encoded + [UInt8](repeating: 0, count: size - encoded.count), "\(Message.type) in \(size) bytes")
    #expect(try Message(parsing: bytes.span.bytes) == message)
  }
  // What stands behind the fields, and between them in reserved places, is not the receiver's concern.
  #expect(try Message(parsing: (encoded + [0xFF, 0xFF]).span.bytes) == message)

  HostileBytes.withEveryTruncation(of: Array(encoded[..<Message.encodedSize])) { bytes in
    #expect(throws: WireError.truncated(needed: bytes.count < 4 ? 4 : Message.encodedSize, got: bytes.count)) {
      _ = try Message(parsing: bytes.span.bytes)
    }
  }
  var other = encoded
  other[3] = 0x80
  #expect(throws: WireError.unexpectedType(expected: number, got: number | 0x8000_0000)) {
    _ = try Message(parsing: other.span.bytes)
  }
}

@Suite("NVSP messages")
struct NVSPMessageTests {
  @Test("initialization")
  func initialize() throws {
    try check(NVSPInitialize(version: .v6_1), number: 1, fields: [1, 0, 6, 0, 1, 0, 6, 0])
    try check(NVSPInitialize(version: .v1), number: 1, fields: [2, 0, 0, 0, 2, 0, 0, 0])
    try check(
      NVSPInitializeComplete(status: .success), number: 2,
      fields: [0xFF, 0xFF, 0xFF, 0xFF, 34, 0, 0, 0, 1, 0, 0, 0])
    try check(
      NVSPInitializeComplete(negotiatedVersion: 2, maximumMDLChainLength: 0x0102, status: .none), number: 2,
      fields: [2, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test("announcements")
  func announcements() throws {
    try check(NVSPVersion.v6_1.ndisVersion, number: 100, fields: [6, 0, 0, 0, 30, 0, 0, 0])
    try check(NVSPVersion.v4.ndisVersion, number: 100, fields: [6, 0, 0, 0, 1, 0, 0, 0])
    // The capabilities are eight bytes at byte 12, which no alignment of 8 meets.
    try check(
      SendNDISConfiguration(
        frameByteCount: 1514, capabilities: [.ieee8021Q, .singleRootIOVirtualization, .receiveSegmentCoalescing]),
      number: 125, fields: [0xEA, 5, 0, 0, 0, 0, 0, 0, 0x8C, 0, 0, 0, 0, 0, 0, 0])
    try check(
      SendNDISConfiguration(frameByteCount: 9216, capabilities: .init(rawValue: 0x0102_0304_0506_0708)),
      number: 125, fields: [0, 36, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1])
  }

  @Test("buffers")
  func buffers() throws {
    try check(SendReceiveBuffer(gpadl: 0xE1E10), number: 101, fields: [0x10, 0x1E, 0x0E, 0, 0xFE, 0xCA])
    try check(SendSendBuffer(gpadl: 0xE1E11), number: 104, fields: [0x11, 0x1E, 0x0E, 0, 0xCE, 0xFA])
    try check(SendSendBuffer(gpadl: 1, bufferID: 0), number: 104, fields: [1, 0, 0, 0, 0, 0])
    try check(RevokeReceiveBuffer(), number: 103, fields: [0xFE, 0xCA])
    try check(RevokeSendBuffer(bufferID: 7), number: 106, fields: [7, 0])
  }

  @Test("answers about buffers")
  func bufferCompletes() throws {
    try check(
      SendSendBufferComplete(status: .success, sectionByteCount: 6144), number: 105, fields: [1, 0, 0, 0, 0, 24, 0, 0])
    try check(
      SendReceiveBufferComplete(status: .failure, section: nil), number: 102, fields: [2, 0, 0, 0, 0, 0, 0, 0])
    try check(
      SendReceiveBufferComplete(
        status: .success,
        section: ReceiveBufferSection(
          byteOffset: 0, subAllocationByteCount: 1728, subAllocationCount: 9709, endOffset: 0x0100_0200)),
      number: 102,
      fields: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xC0, 6, 0, 0, 0xED, 0x25, 0, 0, 0, 2, 0, 1])
  }

  @Test("data and its completion")
  func data() throws {
    try check(
      SendRNDISPacket(channelType: .data, sectionIndex: 5, sectionByteCount: 120), number: 107,
      fields: [0, 0, 0, 0, 5, 0, 0, 0, 120, 0, 0, 0])
    try check(
      SendRNDISPacket(channelType: .control), number: 107, fields: [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
    try check(RNDISPacketComplete(status: .failure), number: 108, fields: [2, 0, 0, 0])
  }

  @Test("sub-channels")
  func subchannels() throws {
    try check(SubchannelRequest(subchannelCount: 7), number: 133, fields: [1, 0, 0, 0, 7, 0, 0, 0])
    try check(SubchannelComplete(status: .success, subchannelCount: 3), number: 133, fields: [1, 0, 0, 0, 3, 0, 0, 0])
  }

  @Test("the data path")
  func dataPath() throws {
    try check(
      SendVFAssociation(isAllocated: true, serialNumber: 2), number: 128, fields: [1, 0, 0, 0, 2, 0, 0, 0])
    try check(SwitchDataPath(active: .virtualFunction), number: 129, fields: [1, 0, 0, 0])
    try check(SwitchDataPath(active: .synthetic), number: 129, fields: [0, 0, 0, 0])
  }

  @Test("the words of the hot path are the bytes of the message")
  func words() throws {
    var generator = SeededGenerator()
    for _ in 0..<1000 {
      let message = SendRNDISPacket(
        channelType: NVSPChannelType(rawValue: UInt32(truncatingIfNeeded: generator.next())),
        sectionIndex: UInt32(truncatingIfNeeded: generator.next()),
        sectionByteCount: UInt32(truncatingIfNeeded: generator.next()))
      #expect(SendRNDISPacket(firstWord: message.firstWord, secondWord: message.secondWord) == message)
      let bytes = poisoned(16) { message.emit(into: &$0) }
      #expect(bytes.span.bytes.loadLittleEndian(at: 0) == message.firstWord)
      #expect(bytes.span.bytes.loadLittleEndian(at: 8) == message.secondWord)
      let complete = RNDISPacketComplete(status: NVSPStatus(rawValue: UInt32(truncatingIfNeeded: generator.next())))
      #expect(RNDISPacketComplete(word: complete.word) == complete)
    }
  }

  @Test("the type of any message can be asked first")
  func types() throws {
    let bytes: [UInt8] = [134, 0, 0, 0]
    #expect(try NVSPMessageType(parsing: bytes.span.bytes) == .sendIndirectionTable)
    #expect(throws: WireError.truncated(needed: 4, got: 3)) {
      _ = try NVSPMessageType(parsing: bytes.span.bytes.extracting(..<3))
    }
  }

  @Test("a space that is too small is our own mistake")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = poisoned(11) { NVSPInitialize(version: .v6_1).emit(into: &$0) }
    }
  }
}
