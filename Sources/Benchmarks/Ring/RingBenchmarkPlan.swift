/// How much `netvsc bench ring` does.
package struct RingBenchmarkPlan: Sendable {
  /// Rounds of all ways to write, and how often each then fills its ring.
  var writeRounds = 101
  var writeLaps = 8

  /// Rounds of all writers with one sender each, of so many messages.
  var duelRounds = 41
  var shortMessageCount: UInt64 = 100_000
  /// Rounds of one and more cooperative senders, with so many messages of all together.
  var growthRounds = 5
  var senderCounts = [4, 8, 16]
  var messageCount: UInt64 = 4_000_000
  /// Nanoseconds after which a process is ended whose writers wait for one another.
  var timeLimit: UInt64 = 20_000_000_000
  /// How often a cache line goes to and fro beside each round.
  var roundTripCount: UInt32 = 20_000

  /// Rounds of eight senders that time each write.
  var latencyRounds = 5

  /// As much as figures need that can be compared.
  package static let full = RingBenchmarkPlan()

  /// Enough to see that it works; the figures mean nothing.
  package static let quick = RingBenchmarkPlan(
    writeRounds: 3, writeLaps: 1, duelRounds: 3, shortMessageCount: 1000, growthRounds: 1, senderCounts: [4],
    messageCount: 8000, timeLimit: 500_000_000, roundTripCount: 100, latencyRounds: 1)
}
