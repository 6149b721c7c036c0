package import SharedMemory

/// All figures of the rings, in one run.
package struct RingBenchmark {
  private let plan: RingBenchmarkPlan
  private let clock: Clock
  private let announce: (String) -> Void

  /// `announce` is told what is measured next.
  package init(_ plan: RingBenchmarkPlan, clock: Clock = .monotonic, announce: @escaping (String) -> Void = { _ in }) {
    self.plan = plan
    self.clock = clock
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
    announce("write")
    var write = try WriteBenchmark(clock: clock)
    for _ in 0..<plan.writeRounds { try write.runRound(laps: plan.writeLaps) }
    report.results += write.results
    report.ratios += write.ratios
    return report
  }
}
