public import WireFormats

/// What the descriptors of packets that are alike have in common: all but the transaction id.
@frozen
@usableFromInline
package struct PacketShape: Sendable {
  @usableFromInline let firstWord: UInt64
  @usableFromInline let ringByteCount: UInt32

  /// Packets of `payloadByteCount` bytes, in whole words, behind the descriptor and `headerByteCount` bytes of its type's.
  @inlinable @inline(__always)
  package init(
    _ type: VMBusPacketType, headerByteCount: UInt32 = 0, payloadByteCount: UInt32, completionRequested: Bool
  ) {
    let payloadOffset = PacketDescriptor.encodedSize + headerByteCount
    let descriptor = PacketDescriptor(
      type: type, payloadOffset: payloadOffset, byteCount: payloadOffset + payloadByteCount,
      completionRequested: completionRequested,
      transactionID: 0)
    firstWord = descriptor.firstWord
    ringByteCount = descriptor.ringByteCount
  }
}

// Nearly all packets of a channel are alike. One comparison judges such a descriptor, whose rules are all known to hold.
extension RingConsumer {
  /// The next packet's words behind the first, from its transaction id on, each read once, where it is of that shape;
  /// `skip` goes on behind it. Where there is none, or another one, nil: `next` says which.
  @inlinable @inline(__always)
  package mutating func peek<let count: Int>(_ shape: PacketShape) throws(RingError) -> InlineArray<count, UInt64>? {
    assert(8 * count < shape.ringByteCount)
    if head == written { try look() }
    let available = RingArithmetic.distance(from: head, to: written, in: memory.dataByteCount)
    guard available >= shape.ringByteCount, memory.loadWord(at: head) == shape.firstWord else { return nil }
    return memory.loadWords(at: head &+ 8)
  }

  /// Reads the packet that `peek` showed.
  @inlinable @inline(__always)
  package mutating func skip(_ shape: PacketShape) {
    head = RingArithmetic.advance(head, by: shape.ringByteCount, in: memory.dataByteCount)
  }
}
