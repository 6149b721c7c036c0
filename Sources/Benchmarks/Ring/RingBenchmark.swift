package import SharedMemory

/// All figures of the rings, in one run.
package struct RingBenchmark {
  private let plan: RingBenchmarkPlan
  private let clock: MonotonicClock
  private let childArguments: (Crossing) -> [String]
  private let announce: (String) -> Void

  /// `childArguments` are those that make this program run the crossing; `announce` is told what is measured next.
  package init(
    _ plan: RingBenchmarkPlan, clock: MonotonicClock = .monotonic, childArguments: @escaping (Crossing) -> [String],
    announce: @escaping (String) -> Void
  ) {
    self.plan = plan
    self.clock = clock
    self.childArguments = childArguments
    self.announce = announce
  }

  /// Whether DPDK's ring is part of this program.
  package static var includesPeer: Bool {
    #if DPDK
      true
    #else
      false
    #endif
  }

  package func run(on machine: Machine) throws -> BenchmarkReport {
    var report = BenchmarkReport(machine: machine)
    let write = try runWrite()
    report.results += write.results
    report.ratios += write.ratios
    let crossing = try runCrossing()
    report.results += crossing.results
    report.ratios += crossing.ratios
    let latency = try runLatency()
    report.results += latency.results
    report.ratios.append(latency.ratio)
    return report
  }

  /// Fills and drains a ring so often in each of our modes, for whoever counts instructions. Returns how many messages
  /// each mode wrote.
  package static func runLaps(_ laps: Int) throws -> Int {
    for writeCase in try WriteCase.all(clock: .monotonic) where writeCase.peer == nil { _ = try writeCase.run(laps) }
    return laps * BenchmarkRing.messageCapacity
  }

  private func runWrite() throws -> WriteBenchmark {
    announce("writes with nobody else about")
    var benchmark = try WriteBenchmark(clock: clock)
    for _ in 0..<plan.writeRounds { try benchmark.runRound(laps: plan.writeLaps) }
    return benchmark
  }

  private func runCrossing() throws -> CrossingBenchmark {
    var benchmark = try CrossingBenchmark(plan, clock: clock)
    announce("one sender and a reader")
    for _ in 0..<plan.duelRounds { try benchmark.runDuel() }
    announce("more and more senders")
    for _ in 0..<plan.growthRounds { try benchmark.runGrowth() }
    for writer in CrossingWriter.available where writer.waitsForOthers {
      for senderCount in plan.senderCounts {
        announce("\(senderCount) senders, \(writer)")
        try benchmark.runIsolated(writer, senderCount: senderCount, childArguments)
      }
    }
    return benchmark
  }

  private func runLatency() throws -> WriteLatency {
    announce("the time of single writes")
    var benchmark = WriteLatency()
    for _ in 0..<plan.latencyRounds { try benchmark.runRound(messageCount: plan.messageCount, clock: clock) }
    return benchmark
  }
}
