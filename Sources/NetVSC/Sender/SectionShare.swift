internal import SharedMemory

/// One sender's share of the send buffer: sections that nobody else uses, and which of them are free.
///
/// A section is given back by the completion of the message that used it, and by nothing else. The one freed last is
/// taken first: it is the likeliest to be in the cache.
struct SectionShare: ~Copyable {
  private let buffer: SharedBytes
  /// The buffer again, for the hot path.
  let bytes: MappedBytes
  /// The size of a section, as the host has it.
  let sectionByteCount: Int
  private let first: UInt32
  private var free: PrivateList<UInt32>

  /// The sections `range` of a send buffer.
  init(of buffer: SharedBytes, sectionByteCount: Int, sections range: Range<Int>) {
    self.buffer = buffer.part(range.lowerBound * sectionByteCount..<range.upperBound * sectionByteCount)
    bytes = self.buffer.mapped
    self.sectionByteCount = sectionByteCount
    first = UInt32(range.lowerBound)
    free = PrivateList(capacity: max(range.count, 1))
    for section in range.reversed() { free.append(UInt32(section)) }
  }

  /// How many sections are free.
  var freeCount: Int { free.count }

  /// The section that `take` will give, by its index in the whole buffer.
  @inline(__always)
  var next: UInt32? { free.last }

  /// Takes the section that `next` showed.
  @inline(__always)
  mutating func take() -> UInt32 { free.removeLast() }

  /// Gives a section back.
  @inline(__always)
  mutating func give(back section: UInt32) { free.append(section) }

  /// Where a section begins in `bytes`.
  @inline(__always)
  func offset(of section: UInt32) -> Int { Int(section - first) * sectionByteCount }

  /// The bytes from `offset` in `bytes` on, for writing.
  @_lifetime(borrow self)
  func mutableSpan(at offset: Int, byteCount: Int) -> MutableRawSpan {
    buffer.mutableSpan(offset..<offset + byteCount)
  }
}
