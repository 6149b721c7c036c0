internal import SharedMemory

/// One sender's share of the send buffer: sections that nobody else uses, and which of them are free.
///
/// A section is given back by the completion of the message that used it, and by nothing else. The one freed last is
/// taken first: it is the likeliest to be in the cache.
struct SectionShare: ~Copyable {
  private let buffer: SharedBytes
  /// The size of a section, as the host has it.
  let sectionByteCount: Int
  private let first: UInt32
  private var free: PrivateList<UInt32>

  /// The sections `range` of a send buffer.
  init(of buffer: SharedBytes, sectionByteCount: Int, sections range: Range<Int>) {
    self.buffer = buffer.part(range.lowerBound * sectionByteCount..<range.upperBound * sectionByteCount)
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

  /// The bytes of a section, or their first `byteCount`.
  @inline(__always)
  @_lifetime(borrow self)
  func bytes(of section: UInt32, from offset: Int = 0, byteCount: Int) -> MutableRawSpan {
    let start = Int(section - first) * sectionByteCount + offset
    return buffer.mutableSpan(start..<start + byteCount)
  }

  /// Copies a frame into a section, `offset` bytes from its start.
  @inline(__always)
  func write(_ frame: RawSpan, to section: UInt32, at offset: Int) {
    buffer.write(frame, at: Int(section - first) * sectionByteCount + offset)
  }
}
