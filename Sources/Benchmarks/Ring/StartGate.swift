internal import SharedMemory
internal import Synchronization

/// Where threads wait for each other before a measurement, so that its time begins when all are there.
final class StartGate: Sendable {
  private enum State: Int, AtomicRepresentable {
    case closed, open, calledOff
  }

  private let waiting = Atomic(0)
  private let state = Atomic(State.closed)

  /// Waits until the gate opens. Returns false when there will be no measurement.
  func pass() -> Bool {
    waiting.add(1, ordering: .relaxed)
    while true {
      switch state.load(ordering: .acquiring) {
      case .closed: Processors.yield()
      case .open: return true
      case .calledOff: return false
      }
    }
  }

  /// Lets `count` threads pass as soon as so many wait. Returns false when there will be no measurement.
  func open(for count: Int) -> Bool {
    while waiting.load(ordering: .relaxed) < count {
      guard state.load(ordering: .relaxed) == .closed else { return false }
      Processors.yield()
    }
    return state.compareExchange(expected: .closed, desired: .open, ordering: .acquiringAndReleasing).exchanged
  }

  /// Sends everybody home, who is there and who comes later.
  func callOff() { state.store(.calledOff, ordering: .releasing) }
}

/// Runs one thread for each of 0 ..< `count`, and returns when all have ended. Where one cannot be started, the gate that
/// the others wait at is called off.
func runThreads(
  _ count: Int, startingAt gate: StartGate, _ body: @escaping @Sendable (Int) -> Void
) throws(SystemError) {
  var threads: [WorkerThread] = []
  defer { for thread in threads { thread.join() } }
  do throws(SystemError) {
    for number in 0..<count { threads.append(try WorkerThread { body(number) }) }
  } catch {
    gate.callOff()
    throw error
  }
}
