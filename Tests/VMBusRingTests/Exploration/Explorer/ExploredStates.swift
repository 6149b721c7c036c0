/// Which states were explored, for which thread running and with what left of the bounds.
///
/// It is a table with open addressing, of three numbers a place: the state's key, and a bit for each way to come there.
struct ExploredStates: ~Copyable {
  private let threadCount: Int
  private let preemptions: Int
  private let staleReads: Int
  private var table: UnsafeMutablePointer<UInt64>
  private var mask = (1 << 12) - 1
  private(set) var count = 0

  init(threadCount: Int, bounds: ExplorationBounds) {
    self.threadCount = threadCount
    preemptions = bounds.preemptions == .max ? 0 : bounds.preemptions
    staleReads = bounds.staleReads == .max ? 0 : bounds.staleReads
    precondition((threadCount + 1) * (preemptions + 1) * (staleReads + 1) <= 64, "bounds are small or there are none")
    table = Self.makeTable(count: mask + 1)
  }

  deinit { table.deallocate() }

  /// Remembers a state. Returns whether it has not been explored with as much left.
  ///
  /// Who runs matters where leaving it costs something: `running` is nil where it costs nothing.
  mutating func insert(_ key: StateKey, running: Int?, preemptions: Int, staleReads: Int) -> Bool {
    if 2 * count > mask { grow() }
    let (preemptions, staleReads) = (min(preemptions, self.preemptions), min(staleReads, self.staleReads))
    let place = Self.place(of: key.first, key.second, in: table, mask)
    let covered = table[place &+ 2]
    if covered == 0 {
      count = count &+ 1
      table[place] = key.first
      table[place &+ 1] = key.second
    }
    guard covered & bit(running ?? threadCount, preemptions, staleReads) == 0 else { return false }
    table[place &+ 2] = covered | coverage(running, preemptions, staleReads)
    return true
  }

  private func bit(_ running: Int, _ preemptions: Int, _ staleReads: Int) -> UInt64 {
    let width = self.staleReads &+ 1
    let row = running &* (self.preemptions &+ 1) &+ preemptions
    return 1 << UInt64(truncatingIfNeeded: row &* width &+ staleReads)
  }

  /// Whoever comes with less left of either finds nothing new. Neither does another running thread that comes with a
  /// preemption less, since it could have been put in this one's place; nor any where the choice was free.
  private func coverage(_ running: Int?, _ preemptions: Int, _ staleReads: Int) -> UInt64 {
    var covered: UInt64 = 0
    var thread = 0
    while thread <= threadCount {
      let most = running == nil || running == thread ? preemptions : preemptions &- 1
      var left = 0
      while left <= most {
        // All bits of the row up to `staleReads`.
        let last = bit(thread, left, staleReads)
        covered |= last | (last &- bit(thread, left, 0))
        left = left &+ 1
      }
      thread = thread &+ 1
    }
    return covered
  }

  private static func makeTable(count: Int) -> UnsafeMutablePointer<UInt64> {
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: 3 * count)
    table.initialize(repeating: 0, count: 3 * count)
    return table
  }

  /// Where a key is, or can be put.
  private static func place(
    of first: UInt64, _ second: UInt64, in table: UnsafeMutablePointer<UInt64>, _ mask: Int
  ) -> Int {
    var index = Int(truncatingIfNeeded: first) & mask
    while true {
      let place = 3 &* index
      if table[place &+ 2] == 0 || (table[place] == first && table[place &+ 1] == second) { return place }
      index = (index &+ 1) & mask
    }
  }

  private mutating func grow() {
    let (old, oldMask) = (table, mask)
    mask = 4 * mask + 3
    table = Self.makeTable(count: mask + 1)
    var index = 0
    while index <= oldMask {
      let entry = old + 3 &* index
      if entry[2] != 0 {
        let place = Self.place(of: entry[0], entry[1], in: table, mask)
        (table + place).update(from: entry, count: 3)
      }
      index = index &+ 1
    }
    old.deallocate()
  }
}
