import Synchronization

/// A clock that goes on by 100 at each look.
final class SteppingClock: Sendable {
  private let now = Atomic<Int64>(0)
  func next() -> Int64 { now.add(100, ordering: .relaxed).newValue }
}
