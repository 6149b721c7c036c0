import Testing
import TestSupport
import WireFormats

/// Feeds every parser with spoiled messages. Each must return or throw: a trap ends the test process.
@Suite("Hostile bytes")
struct ParserFuzzTests {
  /// A parser, and a message it takes.
  struct Parser: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let valid: [UInt8]
    let parse: @Sendable ([UInt8]) throws(WireError) -> Void

    init(_ name: String, _ valid: [UInt8], _ parse: @escaping @Sendable ([UInt8]) throws(WireError) -> Void) {
      testDescription = name
      self.valid = valid
      self.parse = parse
    }

    init<Message: NVSPMessage>(_ message: Message, byteCount: Int = 40) {
      let valid = poisoned(max(byteCount, Message.encodedSize)) { message.emit(into: &$0) }
      self.init("\(Message.self)", valid) { bytes throws(WireError) in _ = try Message(parsing: bytes.span.bytes) }
    }

    init<Message: RNDISControlMessage>(_ message: Message) {
      let valid = poisoned(message.encodedSize) { message.emit(into: &$0) }
      self.init("\(Message.self)", valid) { bytes throws(WireError) in _ = try Message(parsing: bytes.span.bytes) }
    }

    init<Message: RNDISInformationMessage>(information message: Message) {
      let valid = poisoned(message.encodedSize) { message.emit(into: &$0) }
      self.init("\(Message.self)", valid) { bytes throws(WireError) in
        let information = try Message(parsing: bytes.span.bytes).information
        #expect(information.lowerBound >= Message.fixedSize)
        #expect(information.isEmpty || information.upperBound <= bytes.count)
      }
    }

    init<Value: OIDValue>(value: Value) {
      let valid = poisoned(value.encodedSize) { value.emit(into: &$0) }
      self.init("\(Value.self)", valid) { bytes throws(WireError) in _ = try Value(parsing: bytes.span.bytes) }
    }
  }

  static let parsers: [Parser] = [
    Parser(NVSPInitialize(version: .v6_1)), Parser(NVSPInitializeComplete(status: .success)),
    Parser(SendNDISVersion(major: 6, minor: 30)),
    Parser(SendNDISConfiguration(frameByteCount: 1514, capabilities: .ieee8021Q)),
    Parser(SendReceiveBuffer(gpadl: 1)), Parser(SendSendBuffer(gpadl: 2)), Parser(RevokeReceiveBuffer()),
    Parser(RevokeSendBuffer()),
    Parser("SendReceiveBufferComplete", receiveBufferComplete) { bytes throws(WireError) in
      _ = try SendReceiveBufferComplete(parsing: bytes.span.bytes).validatedSection(bufferByteCount: 1 << 24)
    },
    Parser(
      "SendSendBufferComplete",
      poisoned(40) {
        SendSendBufferComplete(status: .success, sectionByteCount: 6144).emit(into: &$0)
      }
    ) { bytes throws(WireError) in
      _ = try SendSendBufferComplete(parsing: bytes.span.bytes).validatedSectionByteCount(bufferByteCount: 1 << 20)
    },
    Parser(SubchannelRequest(subchannelCount: 3)), Parser(SubchannelComplete(status: .success, subchannelCount: 3)),
    Parser(
      "SendIndirectionTable",
      GoldenVectors.indirectionTablePacket.bytes.dropFirst(16) + [UInt8](repeating: 0, count: 32)
    ) {
      bytes throws(WireError) in
      #expect(try SendIndirectionTable(parsing: bytes.span.bytes, version: .v5).entries.count == 16)
      #expect(try SendIndirectionTable(parsing: bytes.span.bytes, version: .v6_1).entries.count == 16)
    },
    Parser(SendRNDISPacket(channelType: .data)), Parser(RNDISPacketComplete(status: .success)),
    Parser(SendVFAssociation(isAllocated: true, serialNumber: 1)), Parser(SwitchDataPath(active: .synthetic)),
    Parser(RNDISInitialize(requestID: 1)),
    Parser(
      "RNDISInitializeComplete",
      poisoned(52) {
        RNDISInitializeComplete(
          requestID: 1, status: .success, maximumPacketsPerMessage: 8, maximumTransferByteCount: 65536,
          packetAlignmentFactor: 3
        ).emit(into: &$0)
      }
    ) { bytes throws(WireError) in
      let limits = try RNDISInitializeComplete(parsing: bytes.span.bytes).validatedTransmitLimits()
      #expect(limits.maximumPacketsPerMessage > 0 && (4...4096).contains(limits.alignment))
    },
    Parser(RNDISHalt(requestID: 1)), Parser(RNDISKeepalive(requestID: 1)), Parser(RNDISReset()),
    Parser(RNDISSetComplete(requestID: 1, status: .success)),
    Parser(RNDISKeepaliveComplete(requestID: 1, status: .success)),
    Parser(RNDISResetComplete(status: .success, addressingReset: false)),
    Parser(information: RNDISQuery(requestID: 1, oid: .linkSpeed, informationByteCount: 16)),
    Parser(information: RNDISSet(requestID: 1, oid: .currentPacketFilter, informationByteCount: 4)),
    Parser(information: RNDISQueryComplete(requestID: 1, status: .success, informationByteCount: 6)),
    Parser(information: RNDISIndicateStatus(status: .networkChange, informationByteCount: 8)),
    Parser(value: MaximumFrameSize(rawValue: 1500)), Parser(value: EthernetAddress(0, 1, 2, 3, 4, 5)),
    Parser(
      value: NDISReceiveScaleCapabilities(
        hash: .toeplitz, interruptMessageCount: 1, receiveQueueCount: 8, indirectionEntryCount: 128)),
    Parser(value: NDISReceiveScaleParameters(hash: .toeplitz, indirectionTable: [0, 1, 2, 3], key: .linux)),
    Parser(value: NDISOffloadCapabilities(revision: 3, checksumsIPv4: .tcp)),
    Parser(value: NDISOffloadParameters(revision: 3)),
    Parser("RNDISPacketHeader", GoldenVectors.sectionImage.bytes) { bytes throws(WireError) in
      let available = UInt32(bytes.count)
      expectInside(try RNDISPacketHeader(parsing: bytes.span.bytes, available: available), available: available)
    },
    Parser(
      "PerPacketInfoList", Array(GoldenVectors.sectionImage.bytes[44..<60] + GoldenVectors.sectionImage.bytes[44..<60])
    ) {
      bytes throws(WireError) in
      var list = PerPacketInfoList(parsing: bytes.span.bytes)
      var end = 0
      while let element = try list.next() {
        #expect(element.data.lowerBound >= end + 12 && element.data.upperBound <= bytes.count)
        end = element.data.upperBound
      }
    },
    Parser(
      "PacketOffload",
      poisoned(48) { out in
        PacketOffload(
          transport: .largeSend(LargeSendInfo(segmentByteCount: 1460, tcpHeaderOffset: 34, isIPv6: false)),
          vlanTag: VLANTagInfo(vlanID: 7), flowHash: 9
        ).emit(into: &out)
      }
    ) { bytes throws(WireError) in _ = try PacketOffload(parsing: bytes.span.bytes) },
    Parser("PageRangeList", Array(GoldenVectors.crossingPacket.bytes[16..<64])) { bytes throws(WireError) in
      var list = try PageRangeList(parsing: bytes.span.bytes)
      while let element = list.next() {
        for page in 0..<element.range.pageCount { _ = list.pageNumber(page, of: element) }
      }
    },
    Parser("TransferPageList", Array(GoldenVectors.transferPagePacket.bytes[16..<40])) { bytes throws(WireError) in
      let list = try TransferPageList(parsing: bytes.span.bytes)
      for index in 0..<list.count { _ = list[index] }
    },
    Parser("FlowTuple", GoldenVectors.frame.bytes) { bytes in _ = FlowTuple(parsing: bytes.span.bytes) },
    Parser(
      "FlowTuple, IPv6",
      [UInt8](repeating: 0, count: 12) + [0x86, 0xDD, 0x60, 0, 0, 0, 0, 32, 60, 64]
        + [UInt8](repeating: 0, count: 32) + [43, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        + [UInt8](repeating: 0, count: 16)
    ) { bytes in _ = FlowTuple(parsing: bytes.span.bytes) },
    Parser("RNDISMessageHeader", GoldenVectors.rndisInitialize.bytes) { bytes throws(WireError) in
      #expect(try RNDISMessageHeader(parsing: bytes.span.bytes).messageByteCount <= bytes.count)
    },
  ]

  private static let receiveBufferComplete = poisoned(40) { out in
    SendReceiveBufferComplete(
      status: .success,
      section: ReceiveBufferSection(
        byteOffset: 0, subAllocationByteCount: 1728, subAllocationCount: 9709, endOffset: 0x0100_0000)
    ).emit(into: &out)
  }

  @Test("a parser takes its valid message", arguments: parsers)
  func valid(parser: Parser) throws { try parser.parse(parser.valid) }

  @Test("a parser survives every truncation, and every extreme in every field", arguments: parsers)
  func systematic(parser: Parser) {
    HostileBytes.withEveryTruncation(of: parser.valid) { bytes in try? parser.parse(bytes) }
    HostileBytes.withEveryExtreme(of: parser.valid) { bytes in try? parser.parse(bytes) }
  }

  @Test("a parser survives random changes, and random bytes", arguments: parsers)
  func random(parser: Parser) {
    var generator = SeededGenerator()
    for round in 0..<100_000 {
      let bytes =
        round % 16 == 0
        ? generator.bytes(.random(in: 0...128, using: &generator))
        : HostileBytes.spoiled(parser.valid, using: &generator)
      try? parser.parse(bytes)
    }
  }
}
