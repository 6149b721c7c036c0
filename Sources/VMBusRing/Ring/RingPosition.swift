/// A place in the stream of all bytes that ever go through a ring: the lap, and the offset in the data area.
///
/// As one 64-bit word (lap in the high half) it can be compared and swapped without the danger that a ring which lapped
/// in the meantime looks untouched: the same word comes back after 2³² laps only. Laps count around.
@frozen
@usableFromInline
package struct RingPosition: Equatable, Sendable {
  @usableFromInline package var word: UInt64

  @inlinable @inline(__always)
  package init(word: UInt64) { self.word = word }

  /// The start of a ring's first lap, at an offset that is found in its control page.
  @inlinable @inline(__always)
  package init(offset: UInt32) { word = UInt64(offset) }

  /// The offset in the data area.
  @inlinable @inline(__always)
  package var offset: UInt32 { UInt32(truncatingIfNeeded: word) }

  /// Whether this place comes behind `other`, of which it is less than half of all laps away.
  @inlinable @inline(__always)
  package func isAhead(of other: RingPosition) -> Bool { Int64(bitPattern: word &- other.word) > 0 }

  /// The bytes from `earlier` to this place, at most one lap further on.
  @inlinable @inline(__always)
  package func distance(from earlier: RingPosition, in dataByteCount: UInt32) -> UInt32 {
    let laps = UInt32(truncatingIfNeeded: word >> 32) &- UInt32(truncatingIfNeeded: earlier.word >> 32)
    return laps == 0 ? offset - earlier.offset : offset + (dataByteCount - earlier.offset)
  }

  /// The position `byteCount` further on, at most one lap.
  @inlinable @inline(__always)
  package func advanced(by byteCount: UInt32, in dataByteCount: UInt32) -> RingPosition {
    assert(byteCount <= dataByteCount)
    let sum = offset &+ byteCount
    guard sum >= dataByteCount else { return RingPosition(word: word &+ UInt64(byteCount)) }
    return RingPosition(word: (word & ~0xFFFF_FFFF) &+ (1 << 32) | UInt64(sum - dataByteCount))
  }
}

/// The arithmetic of offsets in a data area, where `0 ≤ offset < dataByteCount`:
/// ```
///   0        read           write          dataByteCount        0      write           read          dataByteCount
///   |  free   |▓▓▓ unread ▓▓▓|     free         |                |▓▓▓▓▓▓▓▓|    free      |▓▓▓ unread ▓▓▓▓|
/// ```
/// Equal offsets mean empty, so at least eight bytes always stay free.
@usableFromInline
package enum RingArithmetic {
  /// The bytes from `start` forward to `end`.
  @inlinable @inline(__always)
  package static func distance(from start: UInt32, to end: UInt32, in dataByteCount: UInt32) -> UInt32 {
    end >= start ? end - start : dataByteCount - (start - end)
  }

  /// The offset `byteCount` further on, less than one lap.
  @inlinable @inline(__always)
  package static func advance(_ offset: UInt32, by byteCount: UInt32, in dataByteCount: UInt32) -> UInt32 {
    let sum = offset &+ byteCount
    return sum >= dataByteCount ? sum - dataByteCount : sum
  }

  /// Whether an offset that the other side wrote can be used.
  @inlinable @inline(__always)
  package static func isLegal(_ offset: UInt32, in dataByteCount: UInt32) -> Bool {
    offset < dataByteCount && offset % 8 == 0
  }
}
