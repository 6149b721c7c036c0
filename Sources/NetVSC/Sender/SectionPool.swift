internal import SharedMemory

/// Sections of the send buffer that belong to no sender: each borrows of them, within bounds, when its own are taken.
///
/// One bit a section, set while it is here; so taking and giving back is one compare-and-swap, and nothing is allocated.
package final class SectionPool: Sendable {
  private static let sectionsPerWord = 64

  private let sectionCount: Int
  private let words: PrivateWords

  /// A pool for the sections of a buffer with `sectionCount` of them, of which those in `spare` belong to no sender.
  package init(sectionCount: Int, spare: Range<Int>) {
    self.sectionCount = sectionCount
    let wordCount = (sectionCount + Self.sectionsPerWord - 1) / Self.sectionsPerWord
    words = PrivateWords(count: max(wordCount, 1))
    for section in spare { give(back: UInt32(section)) }
  }

  /// Whether there was one when we looked.
  package var hasSections: Bool { (0..<words.count).contains { words[$0].loadRelaxed() != 0 } }

  /// Takes a section. Different borrowers begin to look at different places, so that they seldom meet.
  package func take(startingAt borrower: Int) -> UInt32? {
    for step in 0..<words.count {
      let index = (borrower + step) % words.count
      var free = words[index].loadRelaxed()
      while free != 0 {
        // Acquires what the one that gave it back knew: that the host is done with it.
        let (taken, found) = words[index].exchangeAcquiring(expected: free, desired: free & (free - 1))
        if taken { return UInt32(index * Self.sectionsPerWord + free.trailingZeroBitCount) }
        free = found
      }
    }
    return nil
  }

  /// Gives a section back: not necessarily the one that was borrowed, since one is as good as another.
  package func give(back section: UInt32) {
    precondition(Int(section) < sectionCount, "a section is one of its buffer's")
    let word = words[Int(section) / Self.sectionsPerWord]
    let bit = UInt64(1) << UInt64(Int(section) % Self.sectionsPerWord)
    var free = word.loadRelaxed()
    while true {
      precondition(free & bit == 0, "a section is given back once")
      let (given, found) = word.exchangeReleasing(expected: free, desired: free | bit)
      if given { return }
      free = found
    }
  }
}
