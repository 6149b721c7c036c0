import TestSupport
import WireFormats

/// A packet as other implementations put it into a ring: all bytes it takes there, and what they say.
struct GoldenPacket: Sendable, CustomStringConvertible {
  let name: String
  let vector: HexVector
  let type: VMBusPacketType
  let transactionID: UInt64
  var completionRequested = true
  var payloadOffset: UInt32 = 16
  /// Without the padding.
  var payloadByteCount = 40

  /// The offset in the data area, of 4096 bytes.
  var start: UInt32 { UInt32(vector.offset) }
  var end: UInt32 { (start + UInt32(vector.bytes.count)) % 4096 }
  /// What lies between the descriptor and the payload.
  var header: [UInt8] { Array(vector.bytes[16..<Int(payloadOffset)]) }
  var payload: [UInt8] { Array(vector.bytes[Int(payloadOffset)..<Int(payloadOffset) + payloadByteCount]) }
  /// All words between the descriptor and the trailer, by their offset from the packet's start.
  var words: [(offset: UInt32, word: UInt64)] {
    vector.words.enumerated().map { (UInt32($0.offset * 8), $0.element) }.dropFirst(2).dropLast()
  }
  var description: String { name }

  static let all = [
    section, twoRanges, mixed, pageCrossing,
    GoldenPacket(
      name: "data in a section, 28-byte message", vector: GoldenVectors.sectionPacketLegacy, type: .dataInBand,
      transactionID: 1, payloadByteCount: 28),
    GoldenPacket(
      name: "two packets in one section", vector: GoldenVectors.aggregatePacket, type: .dataInBand, transactionID: 5),
    GoldenPacket(
      name: "the host's completion", vector: GoldenVectors.completion, type: .completion, transactionID: 1,
      completionRequested: false),
    GoldenPacket(
      name: "the guest's acknowledgement", vector: GoldenVectors.acknowledgement, type: .completion,
      transactionID: 0x11, completionRequested: false, payloadByteCount: 8),
    GoldenPacket(
      name: "received transfer pages", vector: GoldenVectors.transferPagePacket, type: .dataUsingTransferPages,
      transactionID: 0x21, payloadOffset: 40),
    GoldenPacket(
      name: "NVSP INIT", vector: GoldenVectors.initializePacket, type: .dataInBand, transactionID: 6),
    GoldenPacket(
      name: "the answer to INIT", vector: GoldenVectors.initializeCompletePacket, type: .completion,
      transactionID: 6, completionRequested: false, payloadByteCount: 28),
    GoldenPacket(
      name: "the carrier of RNDIS INITIALIZE", vector: GoldenVectors.rndisInitializePacket,
      type: .dataUsingGPADirect, transactionID: 7, payloadOffset: 40),
    GoldenPacket(
      name: "the send indirection table", vector: GoldenVectors.indirectionTablePacket, type: .dataInBand,
      transactionID: 0, completionRequested: false, payloadByteCount: 76),
    GoldenPacket(
      name: "data in a section, around the end of the ring", vector: GoldenVectors.wrappedPacket, type: .dataInBand,
      transactionID: 8),
  ]

  static let section = GoldenPacket(
    name: "data in a section, 40-byte message", vector: GoldenVectors.sectionPacket, type: .dataInBand,
    transactionID: 1)
  static let twoRanges = GoldenPacket(
    name: "two one-page ranges", vector: GoldenVectors.twoRangePacket, type: .dataUsingGPADirect, transactionID: 2,
    payloadOffset: 56)
  static let mixed = GoldenPacket(
    name: "header in a section, frame in a range", vector: GoldenVectors.mixedPacket, type: .dataUsingGPADirect,
    transactionID: 3, payloadOffset: 40)
  static let pageCrossing = GoldenPacket(
    name: "a range of two pages", vector: GoldenVectors.crossingPacket, type: .dataUsingGPADirect, transactionID: 4,
    payloadOffset: 64)
}
