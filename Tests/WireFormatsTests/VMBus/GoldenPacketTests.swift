import Testing
import TestSupport
import WireFormats

/// The words of a packet as the hot path puts them into a ring.
private func packet(
  _ type: VMBusPacketType, id: UInt64, at start: Int, completionRequested: Bool = true, headers: [UInt64] = [],
  payload: [UInt64]
) -> [UInt64] {
  let payloadOffset = 16 + 8 * UInt32(headers.count)
  let descriptor = PacketDescriptor(
    type: type, payloadOffset: payloadOffset, byteCount: payloadOffset + 8 * UInt32(payload.count),
    completionRequested: completionRequested, transactionID: id)
  return [descriptor.firstWord, descriptor.transactionID] + headers + payload
    + [PacketTrailer.word(packetStart: UInt32(start))]
}

private func message(_ message: SendRNDISPacket, byteCount: Int = 40) -> [UInt64] {
  [message.firstWord, message.secondWord] + [UInt64](repeating: 0, count: byteCount / 8 - 2)
}

private func message(_ message: some NVSPMessage, byteCount: Int) -> [UInt64] {
  let bytes = poisoned(byteCount) { message.emit(into: &$0) }
  return stride(from: 0, to: byteCount, by: 8).map { bytes.span.bytes.loadLittleEndian(at: $0) }
}

@Suite("Golden ring packets")
struct GoldenPacketTests {
  private static let section5 = SendRNDISPacket(channelType: .data, sectionIndex: 5, sectionByteCount: 120)
  private static let headerRange = PageRange(byteCount: 60, byteOffset: 0x100)

  @Test("a packet through a section, with both sizes of message, and across the end of the ring")
  func section() {
    let vector = GoldenVectors.sectionPacket
    #expect(packet(.dataInBand, id: 1, at: vector.offset, payload: message(Self.section5)) == vector.words)
    let legacy = GoldenVectors.sectionPacketLegacy
    #expect(
      packet(.dataInBand, id: 1, at: legacy.offset, payload: message(Self.section5, byteCount: 32)) == legacy.words)
    let wrapped = GoldenVectors.wrappedPacket
    #expect(packet(.dataInBand, id: 8, at: wrapped.offset, payload: message(Self.section5)) == wrapped.words)
  }

  @Test("two packets in one section are one ring packet")
  func aggregate() {
    let vector = GoldenVectors.aggregatePacket
    let payload = message(SendRNDISPacket(channelType: .data, sectionIndex: 5, sectionByteCount: 248))
    #expect(packet(.dataInBand, id: 5, at: vector.offset, payload: payload) == vector.words)
  }

  @Test("header and frame in page ranges")
  func ranges() {
    let vector = GoldenVectors.twoRangePacket
    let headers = [
      GPADirectHeader.word(rangeCount: 2), Self.headerRange.firstWord, 0x12345,
      PageRange(byteCount: 60, byteOffset: 0x200).firstWord, 0x23456,
    ]
    let payload = message(SendRNDISPacket(channelType: .data))
    #expect(packet(.dataUsingGPADirect, id: 2, at: vector.offset, headers: headers, payload: payload) == vector.words)
  }

  @Test("header in a section, frame in a page range")
  func mixed() {
    let vector = GoldenVectors.mixedPacket
    let headers = [
      GPADirectHeader.word(rangeCount: 1), PageRange(byteCount: 60, byteOffset: 0x200).firstWord, 0x23456,
    ]
    let payload = message(SendRNDISPacket(channelType: .data, sectionIndex: 5, sectionByteCount: 60))
    #expect(packet(.dataUsingGPADirect, id: 3, at: vector.offset, headers: headers, payload: payload) == vector.words)
  }

  @Test("a range across a page has two page numbers")
  func crossing() {
    let vector = GoldenVectors.crossingPacket
    let frame = PageRange(byteCount: 60, byteOffset: 0xFE0)
    #expect(frame.pageCount == 2)
    let headers = [
      GPADirectHeader.word(rangeCount: 2), Self.headerRange.firstWord, 0x12345, frame.firstWord, 0x23456, 0x23457,
    ]
    let payload = message(SendRNDISPacket(channelType: .data))
    #expect(packet(.dataUsingGPADirect, id: 4, at: vector.offset, headers: headers, payload: payload) == vector.words)
  }

  @Test("completions of both directions")
  func completions() {
    let host = GoldenVectors.completion
    let success = RNDISPacketComplete(status: .success)
    #expect(
      packet(
        .completion, id: 1, at: host.offset, completionRequested: false, payload: [success.word, 0, 0, 0, 0])
        == host.words)
    let guest = GoldenVectors.acknowledgement
    #expect(
      packet(.completion, id: 0x11, at: guest.offset, completionRequested: false, payload: [success.word])
        == guest.words)
  }

  @Test("a receive packet")
  func transferPages() {
    let vector = GoldenVectors.transferPagePacket
    let headers = [
      TransferPageHeader(pageSetID: 0xCAFE, rangeCount: 2).word,
      TransferRange(byteCount: 120, byteOffset: 0).word, TransferRange(byteCount: 120, byteOffset: 1728).word,
    ]
    let payload = message(SendRNDISPacket(channelType: .data))
    #expect(
      packet(.dataUsingTransferPages, id: 0x21, at: vector.offset, headers: headers, payload: payload)
        == vector.words)
  }

  @Test("the set-up packets")
  func setUp() {
    let request = GoldenVectors.initializePacket
    #expect(
      packet(
        .dataInBand, id: 6, at: request.offset, payload: message(NVSPInitialize(version: .v6_1), byteCount: 40))
        == request.words)
    let answer = GoldenVectors.initializeCompletePacket
    #expect(
      packet(
        .completion, id: 6, at: answer.offset, completionRequested: false,
        payload: message(NVSPInitializeComplete(status: .success), byteCount: 32)) == answer.words)
    let control = GoldenVectors.rndisInitializePacket
    let headers = [
      GPADirectHeader.word(rangeCount: 1), PageRange(byteCount: 24, byteOffset: 0).firstWord, 0x30000,
    ]
    let payload = message(SendRNDISPacket(channelType: .control))
    #expect(
      packet(.dataUsingGPADirect, id: 7, at: control.offset, headers: headers, payload: payload) == control.words)
    let table = GoldenVectors.indirectionTablePacket
    #expect(
      packet(
        .dataInBand, id: 0, at: table.offset, completionRequested: false,
        payload: message(SendIndirectionTable(entries: (0..<16).map { $0 % 4 }), byteCount: 80)) == table.words)
  }

  @Test(
    "every vector's descriptor passes, and its own words come back",
    arguments: [
      GoldenVectors.sectionPacket, GoldenVectors.sectionPacketLegacy, GoldenVectors.twoRangePacket,
      GoldenVectors.mixedPacket, GoldenVectors.crossingPacket, GoldenVectors.aggregatePacket, GoldenVectors.completion,
      GoldenVectors.acknowledgement, GoldenVectors.transferPagePacket, GoldenVectors.initializePacket,
      GoldenVectors.initializeCompletePacket, GoldenVectors.rndisInitializePacket,
      GoldenVectors.indirectionTablePacket, GoldenVectors.wrappedPacket,
    ])
  func descriptors(vector: HexVector) throws {
    let words = vector.words
    let descriptor = PacketDescriptor(firstWord: words[0], transactionID: words[1])
    try descriptor.validate(available: UInt32(vector.bytes.count))
    #expect(Int(descriptor.ringByteCount) == vector.bytes.count)
    #expect(words.last == PacketTrailer.word(packetStart: UInt32(vector.offset)))
    let again = PacketDescriptor(
      type: descriptor.type, payloadOffset: descriptor.payloadOffset, byteCount: descriptor.byteCount,
      completionRequested: descriptor.completionRequested, transactionID: descriptor.transactionID)
    #expect(again == descriptor)
  }

  @Test("the vectors' messages are read back")
  func payloads() throws {
    func payload(_ vector: HexVector) -> [UInt8] {
      let words = vector.words
      let descriptor = PacketDescriptor(firstWord: words[0], transactionID: words[1])
      return Array(vector.bytes[Int(descriptor.payloadOffset)..<Int(descriptor.byteCount)])
    }
    #expect(try SendRNDISPacket(parsing: payload(GoldenVectors.sectionPacket).span.bytes) == Self.section5)
    #expect(try SendRNDISPacket(parsing: payload(GoldenVectors.sectionPacketLegacy).span.bytes) == Self.section5)
    #expect(
      try SendRNDISPacket(parsing: payload(GoldenVectors.rndisInitializePacket).span.bytes)
        == SendRNDISPacket(channelType: .control))
    #expect(
      try RNDISPacketComplete(parsing: payload(GoldenVectors.acknowledgement).span.bytes)
        == RNDISPacketComplete(status: .success))
    #expect(
      try NVSPInitialize(parsing: payload(GoldenVectors.initializePacket).span.bytes)
        == NVSPInitialize(version: .v6_1))
    #expect(
      try NVSPInitializeComplete(parsing: payload(GoldenVectors.initializeCompletePacket).span.bytes)
        == NVSPInitializeComplete(status: .success))
    #expect(
      try SendIndirectionTable(
        parsing: payload(GoldenVectors.indirectionTablePacket).span.bytes, version: .v6_1
      ).entries == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
  }
}
