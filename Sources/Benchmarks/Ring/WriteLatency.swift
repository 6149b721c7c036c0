internal import Histogram
internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// How long single writes take while eight cooperative senders share a ring: the tail, which a lock or a wait would show.
struct WriteLatency {
  private static let senderCount = 8
  /// What a write should not exceed, in nanoseconds.
  private static let limit: UInt64 = 2000
  private static let targetShare = 0.999
  /// A second: what takes longer counts as much.
  private static let longest: UInt64 = 1_000_000_000

  private typealias Times = Histogram<UInt64>

  /// For each round, the times of all its writes.
  private var rounds: [Times] = []
  private var preemptionCounts: [Double] = []
  private var clockCosts: [Double] = []

  /// One round of so many messages. A write that finds the ring full is no write.
  mutating func runRound(messageCount: UInt64, clock: MonotonicClock) throws {
    let clockCost = Self.cost(of: clock)
    let ring = try BenchmarkRing()
    let shared = try CooperativeRing(ring.view.ring, keeper: ring.view)
    let crossing = Crossing(.cooperative, senderCount: Self.senderCount, messageCount: messageCount)
    let patience = Patience(forThreads: Self.senderCount + 1)
    let collected = Mutex((times: Self.noTimes, preemptionCount: 0))
    _ = try crossing.run(through: ring, clock: clock) { numbers, gate in
      guard let producer = try? CooperativeProducer(shared) else {
        preconditionFailure("a new ring takes its writers")
      }
      var writer = SingleWrites(producer)
      var times = Self.noTimes
      guard gate.pass() else { return }
      let preemptionCount = Processors.preemptionCount
      for number in numbers {
        while true {
          let start = clock.now()
          let written = writer.write(from: number)
          let elapsed = clock.now() - start
          if written > 0 {
            times.record(min(elapsed - min(elapsed, clockCost), Self.longest))
            break
          }
          patience.wait()
        }
      }
      let preemptions = Processors.preemptionCount - preemptionCount
      collected.withLock {
        $0.times.add(times)
        $0.preemptionCount += preemptions
      }
    }
    let (times, preemptionCount) = collected.withLock(\.self)
    rounds.append(times)
    preemptionCounts.append(Double(preemptionCount))
    clockCosts.append(Double(clockCost))
  }

  /// Room for the longest: it never grows, so that recording allocates nothing.
  private static var noTimes: Times {
    Times(lowestDiscernibleValue: 1, highestTrackableValue: longest, numberOfSignificantValueDigits: .three)
  }

  /// What two looks at the clock right after each other differ by, most of the time.
  private static func cost(of clock: MonotonicClock) -> UInt64 {
    let differences = (0..<1001).map { _ in
      let start = clock.now()
      return clock.now() - start
    }
    return differences.sorted()[differences.count / 2]
  }

  var results: [BenchmarkResult] {
    let percentiles: [(String, Double)] = [
      ("p50", 50), ("p99", 99), ("p99_9", 99.9), ("p99_99", 99.99), ("max", 100),
    ]
    return percentiles.map { name, percentile in
      result(name, rounds.map { Double($0.valueAtPercentile(percentile)) }, unit: "ns")
    } + [
      result("within_2us", shares.map { 100 * $0 }, unit: "%"),
      result("preemptions", preemptionCounts, unit: "in a round"),
      result("clock", clockCosts, unit: "ns, subtracted"),
    ]
  }

  private func result(_ name: String, _ values: [Double], unit: String) -> BenchmarkResult {
    BenchmarkResult(
      "ring.latency.\(name)", ["mode": .text("cooperative"), "senders": .number(Self.senderCount)], Samples(values),
      unit: unit)
  }

  var ratio: BenchmarkRatio {
    BenchmarkRatio(name: "ring.latency.within_2us", value: Samples(shares).median, target: Self.targetShare)
  }

  /// Of each round's writes, how many returned in time.
  private var shares: [Double] {
    rounds.map { Double($0.count(within: 0...Self.limit)) / Double($0.totalCount) }
  }
}
