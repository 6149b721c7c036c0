/// The page of every structure a host sees, whatever the guest's own page size is.
@usableFromInline
package enum VMBusPage {
  /// In bytes.
  @inlinable package static var byteCount: UInt32 { 4096 }
}

/// The word between descriptor and ranges of a GPA-direct packet.
@usableFromInline
package enum GPADirectHeader {
  @inlinable package static var byteCount: UInt32 { 8 }

  /// The header word of a packet with `rangeCount` ranges; its first half is reserved.
  @inlinable
  package static func word(rangeCount: UInt32) -> UInt64 { UInt64(rangeCount) << 32 }
}

/// A stretch of guest memory, followed in the ring by one word per page it touches: the pages' numbers.
///
/// Bytes begin at `byteOffset` of the first page and at 0 of every other one.
@usableFromInline
package struct PageRange: Equatable, Sendable {
  @usableFromInline package let byteCount: UInt32
  @usableFromInline package let byteOffset: UInt32

  /// A range of at least one byte that begins inside its first page.
  @inlinable
  package init(byteCount: UInt32, byteOffset: UInt32) {
    precondition(byteCount > 0, "a range holds a byte")
    precondition(byteOffset < VMBusPage.byteCount, "a range begins in its first page")
    precondition(!byteCount.addingReportingOverflow(byteOffset).overflow, "a range ends within 32 bits")
    self.byteCount = byteCount
    self.byteOffset = byteOffset
  }

  /// The range whose first word a packet holds, not judged yet.
  @inlinable
  package init(firstWord: UInt64) {
    byteCount = UInt32(truncatingIfNeeded: firstWord)
    byteOffset = UInt32(truncatingIfNeeded: firstWord >> 32)
  }

  /// The word in front of the page numbers.
  @inlinable package var firstWord: UInt64 { UInt64(byteCount) | UInt64(byteOffset) << 32 }

  /// Whether there are bytes, all in one page.
  @inlinable @inline(__always)
  package var isInOnePage: Bool {
    byteCount > 0 && UInt64(byteOffset) &+ UInt64(byteCount) <= UInt64(VMBusPage.byteCount)
  }

  /// How many pages, and so page numbers, the range takes.
  @inlinable
  package var pageCount: Int {
    let pageByteCount = Int(VMBusPage.byteCount)
    return (Int(byteOffset) + Int(byteCount) + pageByteCount - 1) / pageByteCount
  }

  /// The bytes of the range in a packet, its page numbers included.
  @inlinable package var encodedSize: Int { 8 + 8 * pageCount }

  /// Checks the range alone. Throws when it is empty, begins outside its first page, or ends beyond 32 bits.
  @inlinable
  package func validate() throws(WireError) {
    guard byteCount > 0, !byteCount.addingReportingOverflow(byteOffset).overflow else {
      throw .fieldOutOfRange(.rangeByteCount, value: UInt64(byteCount))
    }
    guard byteOffset < VMBusPage.byteCount else {
      throw .fieldOutOfRange(.rangeByteOffset, value: UInt64(byteOffset))
    }
  }
}
