package import NetVSC

/// How late the packets of one sender left: from when they were due to when they were published.
package struct DepartureLog: Sendable {
  /// When those are due that are not published, in the order in which they were sent.
  private var due: [UInt64] = []
  private var publishedCount: UInt64 = 0
  /// How late packets were, in nanoseconds.
  package private(set) var gapErrors = LatencyCounters()
  /// How many left before they were due: that is none, and counted as no time late.
  package private(set) var earlyCount: UInt64 = 0
  /// When the first and the last of them were due.
  package private(set) var span: ClosedRange<UInt64>?

  package init() {}

  /// Notes a packet that the sender took, and when it is due.
  package mutating func note(due time: UInt64) { due.append(time) }

  /// Settles what has left: so many packets since the beginning, the last ones at `time`.
  package mutating func settle(publishedCount: UInt64, at time: UInt64) {
    // A send that fails may have published packets that nobody noted.
    let count = min(Int(publishedCount - self.publishedCount), due.count)
    guard count > 0 else { return }
    for index in 0..<count {
      gapErrors.record(max(time, due[index]) - due[index])
      if time < due[index] { earlyCount += 1 }
    }
    span = (span?.lowerBound ?? due[0])...due[count - 1]
    due.removeFirst(count)
    self.publishedCount = publishedCount
  }
}
