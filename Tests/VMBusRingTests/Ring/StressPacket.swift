import TestSupport
import VMBusRing
import WireFormats

/// A packet that tells who wrote it, as its how many-th, and whether any word of it is another's.
struct StressPacket: Sendable {
  let writer: UInt32
  let sequence: UInt32
  let payloadWordCount: UInt32
  /// The last one of its writer; what the descriptor has as its completion flag.
  let isLast: Bool

  /// Three words of payload at least: writer and sequence, count, checksum.
  static let payloadWordCounts: ClosedRange<UInt32> = 3...24

  var transactionID: UInt64 { UInt64(writer) << 32 | UInt64(sequence) }

  var descriptor: PacketDescriptor {
    PacketDescriptor(
      type: .dataInBand, payloadOffset: 16, byteCount: 16 + 8 * payloadWordCount, completionRequested: isLast,
      transactionID: transactionID)
  }

  static func ringByteCount(payloadWordCount: UInt32) -> UInt32 { 16 + 8 * payloadWordCount + 8 }

  /// The word at `index` of the payload, but the last one, which is the sum of all others.
  private func word(_ index: UInt32) -> UInt64 {
    switch index {
    case 0: transactionID
    case 1: UInt64(payloadWordCount)
    default: (transactionID &+ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
    }
  }

  func store(in slot: PacketSlot<some RingMemory>) {
    var sum: UInt64 = 0
    for index in 0..<payloadWordCount - 1 {
      let word = word(index)
      sum &+= word
      slot.store(word, at: 16 + 8 * index)
    }
    slot.store(sum, at: 16 + 8 * (payloadWordCount - 1))
  }

  /// The whole packet but for its trailer, as any reader or writer of rings has it.
  var words: [UInt64] {
    let payload = (0..<payloadWordCount - 1).map(word)
    return [descriptor.firstWord, transactionID] + payload + [payload.reduce(0, &+)]
  }

  /// What is wrong with a packet that a reader sees, nil where nothing is.
  static func problem<Memory>(with packet: borrowing IncomingPacket<Memory>) -> String? {
    let descriptor = packet.descriptor
    let id = descriptor.transactionID
    let expected = StressPacket(
      writer: UInt32(truncatingIfNeeded: id >> 32), sequence: UInt32(truncatingIfNeeded: id),
      payloadWordCount: packet.payloadByteCount / 8, isLast: descriptor.completionRequested)
    var sum: UInt64 = 0
    for index in 0..<expected.payloadWordCount - 1 {
      let word = packet.word(at: 16 + 8 * index)
      sum &+= word
      guard word == expected.word(index) else {
        return "word \(index) of \(expected) is 0x\(String(word, radix: 16))"
      }
    }
    guard packet.word(at: 16 + 8 * (expected.payloadWordCount - 1)) == sum else { return "bad checksum of \(expected)" }
    return nil
  }
}
