package import SharedMemory

/// What a packet costs in the engine and in a host on the same thread, in one run for all ways to use it.
package struct EngineBenchmark {
  private let plan: EngineBenchmarkPlan
  private let clock: MonotonicClock
  private let count: ([EngineCase]) throws -> [EngineCounts]?
  private let announce: (String) -> Void

  /// `count` is asked for what each case executes, and may not know; `announce` is told what is measured next.
  package init(
    _ plan: EngineBenchmarkPlan, clock: MonotonicClock = .monotonic,
    counting count: @escaping ([EngineCase]) throws -> [EngineCounts]?, announce: @escaping (String) -> Void
  ) {
    self.plan = plan
    self.clock = clock
    self.count = count
    self.announce = announce
  }

  package func run(on machine: Machine) throws -> BenchmarkReport {
    let cases = plan.cases
    let runs = try cases.map { try EngineRun($0, clock: clock) }
    // The first packets touch memory for the first time.
    let batchCounts = cases.map { $0.batchCount(ofPackets: plan.packetCount) }
    for (run, batchCount) in zip(runs, batchCounts) { try run.send(batchCount: batchCount) }
    var times: [EngineCase: [Double]] = [:]
    for round in 1...plan.roundCount {
      announce("round \(round) of \(plan.roundCount)")
      for (index, engineCase) in cases.enumerated() {
        times[engineCase, default: []].append(try runs[index].send(batchCount: batchCounts[index]))
      }
    }
    var report = BenchmarkReport(machine: machine)
    report.results = cases.map {
      BenchmarkResult("engine.packet", $0.parameters, Samples(times[$0, default: []]), unit: "ns/packet")
    }
    report.results += zip(cases, runs).map { engineCase, run in
      BenchmarkResult(
        "engine.completions", engineCase.parameters, Samples([run.completionsPerPacket]), unit: "per packet")
    }
    announce("instructions")
    let countedCases = Array(cases.prefix(plan.countedCaseLimit))
    report.results += zip(countedCases, try count(countedCases) ?? []).map { engineCase, counts in
      BenchmarkResult(
        "engine.instructions", engineCase.parameters, Samples([counts.instructionsPerPacket]), unit: "per packet")
    }
    let comparison = EngineComparison(plan: plan, times: times)
    if let crossover = comparison.crossoverResult { report.results.append(crossover) }
    report.ratios = comparison.ratios
    return report
  }

  /// What the name of the function that sends batches has in it, and no other's.
  package static let countedFunction = "11EngineBatchV4send"

  /// Sends about so many packets of a case, the same again, and then twice as many, for whoever counts what
  /// `countedFunction` executes. Returns how many it sent in the second turn.
  package static func sendCounted(packetCount: Int, _ engineCase: EngineCase) throws -> Int {
    let batchCount = engineCase.batchCount(ofPackets: packetCount)
    let run = try EngineRun(engineCase, clock: .monotonic)
    for factor in [1, 1, 2] { try run.send(batchCount: factor * batchCount) }
    return batchCount * engineCase.batchCount
  }
}
