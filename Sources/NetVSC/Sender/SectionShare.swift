internal import SharedMemory

/// One sender's share of the send buffer: sections that nobody else uses, and which of them are free; and a few more, for
/// a while, of those that belong to no sender.
///
/// A section is given back by the completion of the message that used it, and by nothing else. The one freed last is
/// taken first: it is the likeliest to be in the cache.
struct SectionShare: ~Copyable, Sendable {
  /// Whose they are, and how many more may be borrowed.
  struct Allotment: Sendable {
    /// The sender's own, by their index in the buffer.
    var own: Range<Int>
    let pool: SectionPool
    var borrowLimit: Int
    /// The sender's number among those of the device.
    var borrower: Int
  }

  private let buffer: SharedBytes
  /// The buffer again, for the hot path.
  let bytes: MappedBytes
  /// The size of a section, as the host has it.
  let sectionByteCount: Int
  private let allotment: Allotment
  /// With more than so many free it does not keep what it borrowed.
  let comfortableCount: Int
  private(set) var borrowedCount = 0
  private var free: PrivateList<UInt32>

  init(of buffer: SharedBytes, sectionByteCount: Int, _ allotment: Allotment) {
    self.buffer = buffer
    bytes = buffer.mapped
    self.sectionByteCount = sectionByteCount
    self.allotment = allotment
    comfortableCount = min(allotment.own.count, Sender.burstCapacity)
    free = PrivateList(capacity: max(allotment.own.count + allotment.borrowLimit, 1))
    for section in allotment.own.reversed() { free.append(UInt32(section)) }
  }

  /// How many sections are free.
  var freeCount: Int { free.count }

  /// Whether a section can be had.
  var hasRoom: Bool { free.count > 0 || borrowedCount < allotment.borrowLimit && allotment.pool.hasSections }

  /// The section that `take` will give, by its index in the buffer; nil where none is free.
  @inline(__always)
  var next: UInt32? { free.last }

  /// Makes one more section free that is nobody's, and returns it as the next; nil where there is none, or the sender has
  /// borrowed as many as it may.
  @inline(never)
  mutating func borrow() -> UInt32? {
    guard borrowedCount < allotment.borrowLimit,
      let section = allotment.pool.take(startingAt: allotment.borrower)
    else { return nil }
    borrowedCount += 1
    free.append(section)
    return section
  }

  /// Gives back what was borrowed, as far as more than `reserve` sections are free.
  @inline(__always)
  mutating func returnBorrowed(keeping reserve: Int = 0) {
    guard borrowedCount > 0 else { return }
    while borrowedCount > 0, free.count > reserve {
      allotment.pool.give(back: free.removeLast())
      borrowedCount -= 1
    }
  }

  /// Takes the section that `next` showed.
  @inline(__always)
  mutating func take() -> UInt32 { free.removeLast() }

  /// Gives a section back.
  @inline(__always)
  mutating func give(back section: UInt32) { free.append(section) }

  /// Where a section begins in `bytes`.
  @inline(__always)
  func offset(of section: UInt32) -> Int { Int(section) * sectionByteCount }

  /// The bytes from `offset` in `bytes` on, for writing.
  @_lifetime(borrow self)
  func mutableSpan(at offset: Int, byteCount: Int) -> MutableRawSpan {
    buffer.mutableSpan(offset..<offset + byteCount)
  }
}
