internal import Synchronization

/// The one schedule of all lanes. It begins when the first of them has something to send.
final class SharedSchedule: Sendable {
  /// How long before the first departure it is fixed, in nanoseconds, so that the other lanes are there as well.
  private static let lead: UInt64 = 1_000_000
  private static let unknown = UInt64.max

  private let pace: Pace
  private let start = Atomic<UInt64>(unknown)

  init(_ pace: Pace) { self.pace = pace }

  /// The schedule, which begins now unless a lane has begun it. Nil at top speed.
  func begin(at now: UInt64) -> Schedule? {
    // Relaxed: the word stands for itself.
    let (isFirst, known) = start.compareExchange(
      expected: Self.unknown, desired: now + Self.lead, ordering: .relaxed)
    return Schedule(pace, start: isFirst ? now + Self.lead : known)
  }
}
