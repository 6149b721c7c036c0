package import SharedMemory
internal import Synchronization

/// Time that passes a little with every look at it, and by as much as somebody sleeps.
package final class PassingClock: Sendable {
  private let nanoseconds = Atomic<UInt64>(1_000_000_000)
  private let longest = Atomic<UInt64>(0)
  private static let look: UInt64 = 100

  package init() {}

  package var clock: MonotonicClock {
    MonotonicClock { [self] in nanoseconds.wrappingAdd(Self.look, ordering: .relaxed).newValue }
  }
  package var now: UInt64 { nanoseconds.load(ordering: .relaxed) }
  package var longestSleep: UInt64 { longest.load(ordering: .relaxed) }

  package func sleep(_ duration: UInt64) {
    nanoseconds.wrappingAdd(duration, ordering: .relaxed)
    longest.max(duration, ordering: .relaxed)
  }
}
