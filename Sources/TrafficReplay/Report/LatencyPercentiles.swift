internal import Histogram

/// How long something took, in nanoseconds: completions, or departures beyond their time.
package struct LatencyPercentiles: Sendable, Equatable {
  package let p50: UInt64
  package let p90: UInt64
  package let p99: UInt64
  /// 99.9 %.
  package let p999: UInt64
  /// 99.99 %.
  package let p9999: UInt64
  package let max: UInt64

  /// The histogram can record no larger value.
  private static let longest = UInt64(Int64.max)

  /// Merges the buckets of any number of queues. Nil when they count nothing.
  package init?(merging buckets: some Sequence<LatencyBucket>) {
    var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    for bucket in buckets where bucket.count > 0 {
      histogram.record(min(bucket.nanoseconds, Self.longest), count: bucket.count)
    }
    guard histogram.totalCount > 0 else { return nil }
    p50 = histogram.valueAtPercentile(50)
    p90 = histogram.valueAtPercentile(90)
    p99 = histogram.valueAtPercentile(99)
    p999 = histogram.valueAtPercentile(99.9)
    p9999 = histogram.valueAtPercentile(99.99)
    max = histogram.maxRecorded
  }
}

extension ReplayResult {
  /// The latency of all queues together; nil when nothing came back.
  package var latency: LatencyPercentiles? { LatencyPercentiles(merging: queues.lazy.flatMap(\.latency)) }

  /// How late packets left; nil where none was due at a time.
  package var gapError: LatencyPercentiles? { pacing.flatMap { LatencyPercentiles(merging: $0.gapErrors) } }
}
