package import NetworkInterface
internal import SharedMemory
package import TrafficReplay
internal import WireFormats

/// Paces kept by our replay, by a loop in C and by others, in turn and through the same pair of interfaces. Arrivals are
/// stamped by the kernel at the far end.
package struct PaceBenchmark {
  /// The two ends of the pair.
  package struct Pair: Sendable {
    package let sending: InterfaceName
    package let receiving: InterfaceName

    package init(sending: InterfaceName, receiving: InterfaceName) {
      self.sending = sending
      self.receiving = receiving
    }
  }

  /// The rates that are compared, in packets a second.
  package static let rates: [UInt64] = [1000, 10_000, 100_000]
  private static let percentiles = [(500, "p50"), (990, "p99"), (999, "p99.9"), (1000, "max")]
  /// How near the mean rate is to come to what was asked for.
  private static let rateTarget = 0.999
  /// What a gap error may be beside that of the loop, and that of tcpreplay: the larger of both.
  private static let allowance = (ofSpinning: 1.5, ofOthers: 0.1)

  private let pair: Pair
  private let folder: String
  private let seconds: Double
  private let timed: (capture: String, speed: Rate)?
  private let roundCount: Int
  private let senders: [PaceSender]

  /// Each rate takes so many seconds for each sender and round; a capture, where one is given, as long as it takes at that
  /// speed. What is sent at a rate is written into a folder.
  package init(
    _ pair: Pair, folder: String, seconds: Double, timed: (capture: String, speed: Rate)?, roundCount: Int,
    others: [PaceSender]
  ) {
    self.pair = pair
    self.folder = folder
    self.seconds = seconds
    self.timed = timed
    self.roundCount = roundCount
    senders = [.replay(to: pair.sending), .spinning(to: pair.sending)] + others
  }

  /// Throws where a capture cannot be read, or a sender does not do its work.
  package func run(on machine: Machine, announce: (String) -> Void) throws -> BenchmarkReport {
    var report = BenchmarkReport(machine: machine)
    for rate in Self.rates {
      let assignment = try PaceAssignment(
        packetsPerSecond: rate, seconds: seconds, writingTo: "\(folder)/numbered.pcap")
      try compare(assignment, named: "\(rate)", announce, in: &report)
    }
    if let timed {
      let assignment = try PaceAssignment(capture: timed.capture, speed: timed.speed)
      try compare(assignment, named: "timed", announce, in: &report)
    }
    return report
  }

  private func compare(
    _ assignment: PaceAssignment, named name: String, _ announce: (String) -> Void, in report: inout BenchmarkReport
  ) throws {
    var kept = senders.map { _ in [KeptPace]() }
    for round in 1...roundCount {
      for (index, sender) in senders.enumerated() {
        announce("pace \(name), \(sender.peer ?? "ours"), round \(round) of \(roundCount)")
        kept[index].append(try measure(sender, assignment))
      }
    }
    for (sender, kept) in zip(senders, kept) { add(kept, of: sender, named: name, to: &report) }
    let p99 = kept.map { Samples($0.map { Double($0.gapError(perMille: 990)) }).median }
    let others = p99[2...].map { $0 * Self.allowance.ofOthers }
    let allowed = max(p99[1] * Self.allowance.ofSpinning, others.max() ?? 0)
    // The smallest time that is told apart is a nanosecond.
    report.ratios.append(BenchmarkRatio(name: "pace.\(name).gap-error", value: allowed / max(p99[0], 1), target: 1))
    for (sender, other) in zip(senders, p99).dropFirst() {
      report.ratios.append(
        BenchmarkRatio(name: "pace.\(name).\(sender.peer ?? "")", value: other / max(p99[0], 1), target: nil))
    }
    let nearness = kept[0].map { min($0.rate, $0.askedRate) / max($0.rate, $0.askedRate) }
    report.ratios.append(
      BenchmarkRatio(name: "pace.\(name).rate", value: Samples(nearness).median, target: Self.rateTarget))
  }

  private func measure(_ sender: PaceSender, _ assignment: PaceAssignment) throws -> KeptPace {
    let frames = assignment.frames
    let digests = frames.ranges.map { FrameDigest.hash(frames.bytes.span($0)) }
    let name = sender.peer ?? "our replay"
    let (arrivals, dropCount) = try ArrivalRecorder.record(on: pair.receiving) { try sender.send(assignment) }
    guard dropCount == 0 else { throw ReplayBenchmarkError("\(dropCount) arrivals from \(name) could not be noted") }
    guard let kept = KeptPace(arrivals, due: assignment.due, digests: digests) else {
      throw ReplayBenchmarkError("\(arrivals.count) packets arrived from \(name): too few for a pace")
    }
    return kept
  }

  private func add(_ kept: [KeptPace], of sender: PaceSender, named name: String, to report: inout BenchmarkReport) {
    func append(_ result: String, _ part: String?, unit: String, _ value: (KeptPace) -> Double) {
      var parameters: Parameters = ["pace": .text(name)]
      if let part { parameters.append("percentile", .text(part)) }
      report.results.append(
        BenchmarkResult(result, parameters, peer: sender.peer, Samples(kept.map(value)), unit: unit))
    }
    append("pace.rate", nil, unit: "packets/s") { $0.rate }
    for (perMille, text) in Self.percentiles {
      append("pace.gap-error", text, unit: "µs") { Double($0.gapError(perMille: perMille)) / 1000 }
    }
    append("pace.missing", nil, unit: "packets") { Double($0.lostCount) }
    append("pace.stray", nil, unit: "packets") { Double($0.strayCount) }
  }
}
