import Synchronization
import TrafficReplay

/// Where the thread of a run leaves its result.
final class Outcome: Sendable {
  private let stored = Mutex<ReplayResult?>(nil)

  func set(_ result: ReplayResult) { stored.withLock { $0 = result } }

  /// Of a run that has ended.
  var result: ReplayResult {
    guard let result = stored.withLock(\.self) else { preconditionFailure("the run has ended") }
    return result
  }
}

/// Counts from 1 on.
final class Counter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  var value: Int { count.load(ordering: .relaxed) }
}
