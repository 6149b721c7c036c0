/// The 16 bytes every packet of a ring begins with.
///
/// ```
///  bits  0..15 type   16..31 payload offset / 8   32..47 packet bytes / 8   48..63 flags     first word
///  transaction id                                                                             second word
/// ```
///
/// Sizes are in bytes here; the trailer, which the packet's own length leaves out, counts only in `ringByteCount`.
@usableFromInline
package struct PacketDescriptor: Equatable, Sendable {
  /// Type, offset, length and flags as the ring holds them.
  @usableFromInline package let firstWord: UInt64
  /// The sender's name for the packet, given back in its completion.
  @usableFromInline package let transactionID: UInt64

  /// How many bytes the descriptor takes.
  @inlinable package static var encodedSize: UInt32 { 16 }
  /// The longest packet the 16-bit length can tell, trailer excluded.
  @inlinable package static var maximumByteCount: UInt32 { 65535 * 8 }
  @usableFromInline static var completionRequestedFlag: UInt16 { 1 }

  /// A descriptor for a packet of `byteCount` bytes (padding included, trailer not), its payload at `payloadOffset`.
  @inlinable
  package init(
    type: VMBusPacketType, payloadOffset: UInt32, byteCount: UInt32, completionRequested: Bool, transactionID: UInt64
  ) {
    precondition(payloadOffset % 8 == 0 && byteCount % 8 == 0, "a packet is made of whole words")
    precondition(payloadOffset >= Self.minimumPayloadOffset(of: type), "the payload follows the headers")
    precondition(payloadOffset <= byteCount && byteCount <= Self.maximumByteCount, "a packet holds its payload")
    let flags = completionRequested ? Self.completionRequestedFlag : 0
    firstWord =
      UInt64(type.rawValue) | UInt64(payloadOffset / 8) << 16 | UInt64(byteCount / 8) << 32 | UInt64(flags) << 48
    self.transactionID = transactionID
  }

  /// The descriptor a ring holds, not judged yet: `validate(available:)` comes before any use of its sizes.
  @inlinable
  package init(firstWord: UInt64, transactionID: UInt64) {
    self.firstWord = firstWord
    self.transactionID = transactionID
  }

  @inlinable package var type: VMBusPacketType { VMBusPacketType(rawValue: UInt16(truncatingIfNeeded: firstWord)) }
  /// Where the payload begins, in bytes from the packet's first.
  @inlinable package var payloadOffset: UInt32 { UInt32(UInt16(truncatingIfNeeded: firstWord >> 16)) * 8 }
  /// The packet's bytes, padding included, trailer excluded.
  @inlinable package var byteCount: UInt32 { UInt32(UInt16(truncatingIfNeeded: firstWord >> 32)) * 8 }
  /// The bytes the packet takes in the ring, trailer included.
  @inlinable package var ringByteCount: UInt32 { byteCount + PacketTrailer.byteCount }
  /// The bytes from the payload's first to the packet's end, padding included. Only after `validate(available:)`.
  @inlinable package var payloadByteCount: UInt32 { byteCount - payloadOffset }
  @inlinable package var flags: UInt16 { UInt16(truncatingIfNeeded: firstWord >> 48) }
  /// Whether the sender waits for a completion.
  @inlinable package var completionRequested: Bool { flags & Self.completionRequestedFlag != 0 }

  /// Where the payload of a packet of this type may begin at the earliest, in bytes.
  @inlinable
  package static func minimumPayloadOffset(of type: VMBusPacketType) -> UInt32 {
    // Both kinds of ranges have a header word between the descriptor and the first range.
    type == .dataUsingTransferPages || type == .dataUsingGPADirect ? encodedSize + 8 : encodedSize
  }

  /// Checks what holds in either direction; which types are welcome is the receiver's to say.
  ///
  /// `available` is the number of readable bytes from the packet's first. Throws when an offset, the length or a flag
  /// breaks the rules of descriptors, or the packet with its trailer is not wholly there.
  @inlinable @inline(__always)
  package func validate(available: UInt32) throws(WireError) {
    let minimum = Self.minimumPayloadOffset(of: type)
    guard payloadOffset >= minimum else {
      throw .payloadOffsetTooSmall(byteOffset: payloadOffset, minimum: minimum)
    }
    guard payloadOffset <= byteCount else {
      throw .payloadOffsetBeyondPacket(byteOffset: payloadOffset, packetByteCount: byteCount)
    }
    guard ringByteCount <= available else {
      throw .packetBeyondRing(ringByteCount: ringByteCount, available: available)
    }
    guard flags & ~Self.completionRequestedFlag == 0 else { throw .unknownFlags(flags) }
  }
}
