package import SharedMemory
internal import Synchronization

/// Time that stands still until a test, or a scripted host that is waited for, moves it on.
package final class ManualClock: Sendable {
  private let nanoseconds: Atomic<UInt64>

  /// A clock that begins at `start` nanoseconds.
  package init(start: UInt64 = 1_000_000_000) { nanoseconds = Atomic(start) }

  /// Nanoseconds since the clock's own start.
  package var now: UInt64 { nanoseconds.load(ordering: .relaxed) }

  /// Lets time pass, in nanoseconds.
  package func advance(by duration: UInt64) { nanoseconds.wrappingAdd(duration, ordering: .relaxed) }

  /// The clock as the code under test reads it.
  package var clock: MonotonicClock { MonotonicClock { [self] in now } }
}
