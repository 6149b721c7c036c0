internal import NetVSC

/// How packets left that had a time to leave at.
package struct PaceAccount: Sendable, Equatable {
  /// How many there were.
  package var packetCount: UInt64
  /// From when the first was due to when the last was, in nanoseconds.
  package var span: UInt64
  /// How much later than due they left.
  package var gapErrors: [LatencyBucket]
  /// How many left before they were due, which none is to.
  package var earlyCount: UInt64

  package init(packetCount: UInt64, span: UInt64, gapErrors: [LatencyBucket], earlyCount: UInt64 = 0) {
    self.packetCount = packetCount
    self.span = span
    self.gapErrors = gapErrors
    self.earlyCount = earlyCount
  }
}

extension PaceAccount {
  /// The account of several senders' packets together; nil when there are none.
  init?(merging logs: [DepartureLog]) {
    let spans = logs.compactMap(\.span)
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
    let errors = logs.reduce(into: LatencyCounters()) { $0.add($1.gapErrors) }
    self.init(
      packetCount: errors.count, span: last - first, gapErrors: errors.latencyBuckets,
      earlyCount: logs.reduce(0) { $0 + $1.earlyCount })
  }
}

extension ReplayResult {
  /// How many packets left before they were due.
  var earlyCount: UInt64 { pacing?.earlyCount ?? 0 }
}
