internal import SharedMemory

/// The memory that frames in flight lie in. It is held until the last of them came back, whatever its owner does: a
/// frame costs a count for each memory that it lies in, and only the first and the last one of a memory a reference.
struct MemoryLoans: ~Copyable, Sendable {
  /// What a frame lies in: a bit for each memory, by its place.
  struct Places: Equatable, BitwiseCopyable, Sendable {
    fileprivate(set) var bits: UInt64 = 0
  }

  /// One memory. (Not private: the compiler cannot end a `PrivateList` of a private type from another file.)
  struct Loan: BitwiseCopyable {
    var firstPage: UInt64 = 0
    var frameCount = 0
  }

  /// How much memory is held at most: as much as `Places` tells apart.
  static let limit = UInt64.bitWidth

  private var loans = PrivateList<Loan>(capacity: limit)
  /// What is held, in the same places; nil where no frame is lent.
  private var held: [FrameMemory?] = Array(repeating: nil, count: limit)
  /// The places where any is.
  private var taken = Places()
  /// Where the last frame was: the next one is likely to be there as well.
  private var recent = 0

  init() {
    for _ in 0..<Self.limit { loans.append(Loan()) }
  }

  /// How much memory is held.
  var count: Int { taken.bits.nonzeroBitCount }

  /// Whether a frame of any parts can be lent.
  var hasRoom: Bool { Self.limit - count >= Sender.maximumPartCount }

  /// Counts one more frame in a memory, unless `places` has it: the frame lies there with another part. Returns false
  /// where too much is held already.
  @inline(__always)
  mutating func lend(_ memory: FrameMemory, to places: inout Places) -> Bool {
    if loans[recent].firstPage != memory.firstPage || loans[recent].frameCount == 0 {
      guard let place = place(for: memory) else { return false }
      recent = place
    }
    let bit = 1 as UInt64 &<< UInt64(recent)
    if places.bits & bit == 0 {
      places.bits |= bit
      loans[recent].frameCount += 1
    }
    return true
  }

  private mutating func place(for memory: FrameMemory) -> Int? {
    var others = taken.bits
    while others != 0 {
      let place = others.trailingZeroBitCount
      if loans[place].firstPage == memory.firstPage { return place }
      others &= others - 1
    }
    let free = (~taken.bits).trailingZeroBitCount
    guard free < Self.limit else { return nil }
    taken.bits |= 1 << UInt64(free)
    loans[free] = Loan(firstPage: memory.firstPage)
    held[free] = memory
    return free
  }

  /// Counts one frame less in all that it lay in.
  @inline(__always)
  mutating func giveBack(_ places: Places) {
    var rest = places.bits
    while rest != 0 {
      let place = rest.trailingZeroBitCount
      rest &= rest &- 1
      loans[place].frameCount -= 1
      if loans[place].frameCount == 0 {
        taken.bits &= ~(1 << UInt64(place))
        held[place] = nil
      }
    }
  }
}
