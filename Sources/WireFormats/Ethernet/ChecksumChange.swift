/// What exchanging words of a packet does to a checksum over them (RFC 1624).
///
/// A checksum that was wrong is wrong by as much afterwards.
struct ChecksumChange {
  private var sum: UInt32 = 0

  /// Notes that a word takes another's place. A few thousand fit.
  mutating func exchange(_ old: UInt16, for new: UInt16) { sum += UInt32(~old) + UInt32(new) }

  /// The checksum field afterwards.
  func applied(to checksum: UInt16) -> UInt16 {
    var folded = sum + UInt32(~checksum)
    while folded > 0xFFFF { folded = (folded & 0xFFFF) + (folded >> 16) }
    return ~UInt16(folded)
  }
}
