internal import SharedMemory
internal import Synchronization

/// One cache line that goes from a core to another and back: what decides every figure between two cores, and changes from
/// second to second where a hypervisor moves them.
enum RoundTrip {
  /// The nanoseconds of one, over `count` of them.
  static func measure(_ count: UInt32, clock: MonotonicClock) throws -> Double {
    let region = try SharedRegion(byteCount: 1)
    let ball = region.word(at: 0)
    let patience = Patience(forThreads: 2)
    let gate = StartGate()
    let nanoseconds = Atomic<UInt64>(0)
    try runThreads(2, startingAt: gate) { side in
      patience.bindCallingThread(to: side)
      guard side == 0 ? gate.open(for: 1) : gate.pass() else { return }
      let start = clock.now()
      for turn in 1...count {
        // Odd for one side, even for the other.
        if side == 0 { ball.storeReleasing(2 * turn - 1) }
        while ball.loadAcquiring() != 2 * turn - (side == 0 ? 0 : 1) { patience.wait() }
        if side == 1 { ball.storeReleasing(2 * turn) }
      }
      if side == 0 { nanoseconds.store(clock.now() - start, ordering: .relaxed) }
    }
    return Double(nanoseconds.load(ordering: .relaxed)) / Double(count)
  }
}
