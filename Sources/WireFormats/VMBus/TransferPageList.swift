/// The word between descriptor and ranges of a transfer-page packet.
package struct TransferPageHeader: Equatable, Sendable {
  /// Which buffer the ranges lie in.
  package let pageSetID: UInt16
  package let rangeCount: UInt32

  package static let byteCount = 8
  /// The most ranges a packet may have: what receive-segment coalescing needs at most.
  package static let maximumRangeCount: UInt32 = 562

  package init(pageSetID: UInt16, rangeCount: UInt32) {
    self.pageSetID = pageSetID
    self.rangeCount = rangeCount
  }

  /// The header a packet holds, not judged yet. The 16 bits between the fields may hold anything.
  package init(word: UInt64) {
    pageSetID = UInt16(truncatingIfNeeded: word)
    rangeCount = UInt32(truncatingIfNeeded: word >> 32)
  }

  package var word: UInt64 { UInt64(pageSetID) | UInt64(rangeCount) << 32 }

  /// Checks that a packet with `byteCount` bytes between descriptor and payload has the ranges it tells of.
  ///
  /// Throws when there are more than a packet may have, or than are there.
  package func validate(byteCount: Int) throws(WireError) {
    guard rangeCount <= Self.maximumRangeCount else {
      throw .fieldOutOfRange(.rangeCount, value: UInt64(rangeCount))
    }
    let needed = Self.byteCount + TransferRange.encodedSize * Int(rangeCount)
    guard needed <= byteCount else { throw .truncated(needed: needed, got: byteCount) }
  }
}

/// A stretch of the receive buffer that holds one RNDIS message.
package struct TransferRange: Equatable, Sendable {
  /// What the range itself takes in a packet, in bytes.
  package static let encodedSize = 8

  package let byteCount: UInt32
  package let byteOffset: UInt32

  package init(byteCount: UInt32, byteOffset: UInt32) {
    self.byteCount = byteCount
    self.byteOffset = byteOffset
  }

  /// The range a packet holds, not judged yet.
  package init(word: UInt64) {
    byteCount = UInt32(truncatingIfNeeded: word)
    byteOffset = UInt32(truncatingIfNeeded: word >> 32)
  }

  package var word: UInt64 { UInt64(byteCount) | UInt64(byteOffset) << 32 }

  /// Checks the range against the buffer it claims to lie in; both limits in bytes.
  ///
  /// Throws when it is longer than a sub-allocation, too short for an RNDIS header, or not wholly inside.
  package func validate(bufferByteCount: UInt64, subAllocationByteCount: UInt32) throws(WireError) {
    guard byteCount >= RNDISMessageHeader.encodedSize, byteCount <= subAllocationByteCount else {
      throw .fieldOutOfRange(.rangeByteCount, value: UInt64(byteCount))
    }
    guard UInt64(byteOffset) + UInt64(byteCount) <= bufferByteCount else {
      throw .partOutOfBounds(
        .transferRange, offset: UInt64(byteOffset), byteCount: UInt64(byteCount), limit: bufferByteCount)
    }
  }
}

/// The ranges of a transfer-page packet, which a host sends and a guest acknowledges.
package struct TransferPageList: ~Escapable {
  private let bytes: RawSpan
  /// Which buffer the ranges lie in; the receiver compares it with the one it gave.
  package let pageSetID: UInt16
  /// How many ranges, and so messages, the packet has.
  package let count: Int

  /// Checks the bytes between the descriptor and the payload of a transfer-page packet.
  ///
  /// Throws when there are more ranges than a packet may have or than are there. The ranges themselves are judged one
  /// by one with `TransferRange.validate`: a bad one is skipped, the others are used.
  @_lifetime(copy bytes)
  package init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= TransferPageHeader.byteCount else {
      throw .truncated(needed: TransferPageHeader.byteCount, got: bytes.byteCount)
    }
    let header = TransferPageHeader(word: bytes.loadLittleEndian(at: 0))
    try header.validate(byteCount: bytes.byteCount)
    self.bytes = bytes
    pageSetID = header.pageSetID
    count = Int(header.rangeCount)
  }

  /// The range at `index`, below `count`.
  package subscript(index: Int) -> TransferRange {
    precondition(index >= 0 && index < count, "a packet has `count` ranges")
    return TransferRange(
      word: bytes.loadLittleEndian(at: TransferPageHeader.byteCount + TransferRange.encodedSize * index))
  }
}
