/// Which states were explored, with what left of the bounds. A state is kept as a hash of 64 bits.
struct ExploredStates {
  private let bounds: ExplorationBounds
  private var left: [Int: UInt64] = [:]
  private var key: [UInt64] = []

  init(_ bounds: ExplorationBounds) {
    self.bounds = bounds
    precondition(
      isUnbounded || (bounds.preemptions + 1) * (bounds.staleReads + 1) <= 64, "the bounds are both small or both none")
  }

  var count: Int { left.count }
  private var isUnbounded: Bool { bounds.preemptions == .max && bounds.staleReads == .max }

  /// Remembers a state. Returns whether it has not been explored with as much left.
  mutating func insert<Rules>(_ state: inout RunState<Rules>, running: Int?, preemptions: Int, staleReads: Int) -> Bool
  {
    key.removeAll(keepingCapacity: true)
    // Who runs matters where leaving it costs something.
    key.append(isUnbounded ? 0 : UInt64(truncatingIfNeeded: (running ?? -1) &+ 1))
    state.append(to: &key)
    var hasher = Hasher()
    key.withUnsafeBytes { hasher.combine(bytes: $0) }
    let hash = hasher.finalize()
    let known = left[hash] ?? 0
    let width = bounds.staleReads &+ 1
    if isUnbounded {
      left[hash] = 1
      return known == 0
    }
    guard known & 1 << UInt64(truncatingIfNeeded: preemptions * width + staleReads) == 0 else { return false }
    // Whoever comes with less left of either finds nothing new.
    var covered = known
    for fewer in 0...preemptions {
      covered |= ((1 << UInt64(truncatingIfNeeded: staleReads + 1)) - 1) << UInt64(truncatingIfNeeded: fewer * width)
    }
    left[hash] = covered
    return true
  }
}
