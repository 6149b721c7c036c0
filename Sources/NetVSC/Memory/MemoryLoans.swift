internal import SharedMemory

/// The memory that frames in flight lie in. It is held until the last of them came back, whatever its owner does: a
/// frame costs a count, and only the first and the last one of a memory a reference.
struct MemoryLoans: ~Copyable, Sendable {
  /// One memory. (Not private: the compiler cannot end a `PrivateList` of a private type from another file.)
  struct Loan: BitwiseCopyable {
    let firstPage: UInt64
    var frameCount: Int
  }

  private var loans = PrivateList<Loan>(capacity: 8)
  /// What is held, in the same places; nil where no frame is lent.
  private var held: [FrameMemory?] = []
  /// Where the last frame was: the next one is likely to be there as well.
  private var recent = 0

  init() { held.reserveCapacity(8) }

  /// How much memory is held.
  var count: Int { held.count { $0 != nil } }

  /// Counts one more frame in a memory. Returns the place to give it back at.
  mutating func lend(_ memory: FrameMemory) -> UInt32 {
    if recent < loans.count, loans[recent].firstPage == memory.firstPage, loans[recent].frameCount > 0 {
      loans[recent].frameCount += 1
      return UInt32(recent)
    }
    recent = place(for: memory)
    loans[recent].frameCount += 1
    return UInt32(recent)
  }

  private mutating func place(for memory: FrameMemory) -> Int {
    var free = loans.count
    for index in 0..<loans.count {
      if loans[index].frameCount == 0 {
        free = index
      } else if loans[index].firstPage == memory.firstPage {
        return index
      }
    }
    let loan = Loan(firstPage: memory.firstPage, frameCount: 0)
    if free == loans.count {
      loans.append(loan)
      held.append(memory)
    } else {
      loans[free] = loan
      held[free] = memory
    }
    return free
  }

  /// Counts one frame less.
  mutating func giveBack(_ place: UInt32) {
    loans[Int(place)].frameCount -= 1
    if loans[Int(place)].frameCount == 0 { held[Int(place)] = nil }
  }
}
