/// How much `netvsc bench ring` does.
package struct RingBenchmarkPlan: Sendable {
  /// Rounds of all ways to write, and how often each then fills its ring.
  var writeRounds = 101
  var writeLaps = 8

  /// As much as figures need that can be compared.
  package static let full = RingBenchmarkPlan()

  /// Enough to see that it works; the figures mean nothing.
  package static let quick = RingBenchmarkPlan(writeRounds: 3, writeLaps: 1)
}
