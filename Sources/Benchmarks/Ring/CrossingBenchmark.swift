internal import SharedMemory

/// Senders and a reader on different cores: our writers and the peer's in turn, and ours alone with more and more senders.
///
/// The reader is ours everywhere, as a host's would be the same whoever wrote.
struct CrossingBenchmark {
  private let plan: RingBenchmarkPlan
  private let clock: MonotonicClock
  private let ring: BenchmarkRing
  /// With one sender, the nanoseconds of all writers, for each round.
  private var duels: [[CrossingWriter: Double]] = []
  /// Of the cooperative writers, the nanoseconds with so many senders, for each round.
  private var growth: [[Int: Double]] = []
  private var isolated: [IsolatedCrossing.Outcome] = []
  /// The round trips that were measured beside both.
  private var roundTrips: (duels: [Double], growth: [Double]) = ([], [])

  init(_ plan: RingBenchmarkPlan, clock: MonotonicClock) throws {
    self.plan = plan
    self.clock = clock
    ring = try BenchmarkRing()
  }

  private func duel(_ writer: CrossingWriter) -> Crossing {
    Crossing(writer, senderCount: 1, messageCount: plan.shortMessageCount, readerRests: true)
  }

  private func growth(_ senderCount: Int) -> Crossing {
    Crossing(.cooperative, senderCount: senderCount, messageCount: plan.messageCount)
  }

  /// One sender: every writer after the other, to a reader that rests.
  mutating func runDuel() throws {
    roundTrips.duels.append(try RoundTrip.measure(plan.roundTripCount, clock: clock))
    var round: [CrossingWriter: Double] = [:]
    for writer in CrossingWriter.available {
      round[writer] = try duel(writer).run(through: ring, clock: clock)
    }
    duels.append(round)
  }

  /// Cooperative writers: one, and then more and more, to a reader that never rests but where it lacks a core.
  mutating func runGrowth() throws {
    roundTrips.growth.append(try RoundTrip.measure(plan.roundTripCount, clock: clock))
    var round: [Int: Double] = [:]
    for senderCount in [1] + plan.senderCounts {
      round[senderCount] = try growth(senderCount).run(through: ring, clock: clock)
    }
    growth.append(round)
  }

  /// Many senders that wait for one another: once each, in a process of its own.
  mutating func runIsolated(_ writer: CrossingWriter, senderCount: Int, _ arguments: (Crossing) -> [String]) throws {
    let crossing = Crossing(writer, senderCount: senderCount, messageCount: plan.messageCount)
    isolated.append(
      try IsolatedCrossing(crossing: crossing, timeLimit: plan.timeLimit).run(arguments(crossing), clock: clock))
  }
}

extension CrossingBenchmark {
  var results: [BenchmarkResult] {
    let unit = "ns/message"
    var results: [BenchmarkResult] = []
    for writer in CrossingWriter.available {
      results.append(
        BenchmarkResult(
          "ring.cross", duel(writer).parameters, peer: writer.peer, Samples(duels.compactMap { $0[writer] }), unit: unit
        ))
    }
    results.append(roundTrip(beside: "ring.cross.1", roundTrips.duels))
    for senderCount in [1] + plan.senderCounts {
      results.append(
        BenchmarkResult(
          "ring.cross", growth(senderCount).parameters, Samples(growth.compactMap { $0[senderCount] }), unit: unit))
    }
    results.append(roundTrip(beside: "ring.scaling", roundTrips.growth))
    for outcome in isolated {
      var parameters = outcome.crossing.parameters
      parameters.append("read", .number(Int(outcome.readCount)))
      results.append(
        BenchmarkResult(
          "ring.cross", parameters, peer: outcome.crossing.writer.peer, Samples([outcome.nanosecondsPerMessage]),
          unit: unit))
    }
    return results
  }

  private func roundTrip(beside name: String, _ nanoseconds: [Double]) -> BenchmarkResult {
    BenchmarkResult("round_trip", ["beside": .text(name)], Samples(nanoseconds), unit: "ns")
  }

  /// The peer's time divided by ours; what cooperation buys; and the rate with more senders beside that with one.
  var ratios: [BenchmarkRatio] {
    ratios(to: .dpdk, "ring.cross", targets: (one: 2, many: 50))
      + ratios(to: .ordered, "ring.cooperation", targets: (one: nil, many: nil))
      + plan.senderCounts.map { senderCount in
        let rates = growth.compactMap { round in
          round[1].flatMap { one in round[senderCount].map { one / $0 } }
        }
        return BenchmarkRatio(name: "ring.scaling.\(senderCount)", value: Samples(rates).median, target: 0.5)
      }
  }

  /// Another writer's time divided by that of the cooperative ones, with one sender and with many.
  private func ratios(
    to other: CrossingWriter, _ name: String, targets: (one: Double?, many: Double?)
  ) -> [BenchmarkRatio] {
    let pairs = duels.compactMap { round in
      round[other].flatMap { other in round[.cooperative].map { other / $0 } }
    }
    guard !pairs.isEmpty else { return [] }
    return [BenchmarkRatio(name: "\(name).1", value: Samples(pairs).median, target: targets.one)]
      + isolated.filter { $0.crossing.writer == other }.map { outcome in
        let senderCount = outcome.crossing.senderCount
        let ours = Samples(growth.compactMap { $0[senderCount] }).median
        return BenchmarkRatio(
          name: "\(name).\(senderCount)", value: outcome.nanosecondsPerMessage / ours, target: targets.many)
      }
  }
}

extension Crossing {
  fileprivate var parameters: Parameters {
    [
      "mode": .text(writer == .dpdk ? "shared" : writer.rawValue), "senders": .number(senderCount),
      "messages": .number(Int(messageCount)), "pinned": .flag(isPinned),
      "resting": .flag(readerRests),
    ]
  }
}
