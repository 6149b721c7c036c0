internal import NetVSC
internal import PacketCapture
internal import SharedMemory
internal import TrafficReplay

/// Replays of one capture in turn with the limit of copying it, in short rounds.
package struct ReplayBenchmark {
  /// How to replay, and what part of the copy limit should come of it.
  private struct Case {
    let name: String
    let queueCount: Int
    let hostMode: HostMode
    /// Of the copy limit, or of the first case; nil where it only informs.
    var target: Double?

    var parameters: Parameters {
      ["host": .text("host \(hostMode.rawValue)"), "queues": .number(queueCount)]
    }
  }

  private static let cases = [
    Case(name: "replay.inline.1", queueCount: 1, hostMode: .inline, target: 0.6),
    Case(name: "replay.inline.2", queueCount: 2, hostMode: .inline),
    Case(name: "replay.threads.1", queueCount: 1, hostMode: .threads, target: 0.3),
  ]
  /// What two queues reach beside one, each on a core of its own.
  private static let scalingTarget = 1.8

  private let path: String
  private let roundCount: Int
  private let passes: UInt64
  private let peers: [ReplayPeer]

  /// `roundCount` rounds, in each of which every way sends the capture at `path` `passes` times, and every peer for as long
  /// as it likes.
  package init(capture path: String, roundCount: Int, passes: UInt64, peers: [ReplayPeer] = []) {
    self.path = path
    self.roundCount = roundCount
    self.passes = passes
    self.peers = peers
  }

  /// Throws where the capture cannot be read, or a replay does not complete what it can carry.
  package func run(on machine: Machine, announce: (String) -> Void) throws -> BenchmarkReport {
    var report = BenchmarkReport(machine: machine)
    let copies = [try CopyLimit(capture: path), try CopyLimit(capture: path)]
    var limits: [Double] = []
    var commonLimits: [Double] = []
    var rates = Self.cases.map { _ in [Double]() }
    var peerRates = peers.map { _ in [Double?]() }
    for round in 1...roundCount {
      announce("round \(round) of \(roundCount)")
      limits.append(copies[0].measure(passes: Int(passes)))
      commonLimits.append(try CopyLimit.measure(copies, passes: Int(passes)))
      for (index, replay) in Self.cases.enumerated() { rates[index].append(try measure(replay)) }
      for (index, peer) in peers.enumerated() { peerRates[index].append(peer.measure()) }
    }
    report.results.append(
      BenchmarkResult("copy-limit", [:], Samples(limits.map { $0 / 1e6 }), unit: "Mpps"))
    report.results.append(
      BenchmarkResult("copy-limit.2-threads", [:], Samples(commonLimits.map { $0 / 1e6 }), unit: "Mpps"))
    for (replay, rates) in zip(Self.cases, rates) {
      report.results.append(
        BenchmarkResult("replay", replay.parameters, Samples(rates.map { $0 / 1e6 }), unit: "Mpps"))
      if let target = replay.target {
        report.ratios.append(
          BenchmarkRatio(
            name: replay.name, value: Samples(zip(rates, limits).map { $0 / $1 }).median, target: target))
      }
    }
    report.ratios.append(
      BenchmarkRatio(
        name: "replay.inline.scaling", value: Samples(zip(rates[1], rates[0]).map { $0 / $1 }).median,
        target: Self.scalingTarget))
    // No two senders scale better than this.
    report.ratios.append(
      BenchmarkRatio(
        name: "copy-limit.scaling", value: Samples(zip(commonLimits, limits).map { $0 / $1 }).median, target: nil))
    for (peer, peerRates) in zip(peers, peerRates) { add(peer, peerRates, beside: rates[0], to: &report) }
    return report
  }

  /// Adds a peer's rates, where it has any: `ours` are those of the same rounds.
  private func add(_ peer: ReplayPeer, _ rates: [Double?], beside ours: [Double], to report: inout BenchmarkReport) {
    let measured = rates.compactMap(\.self)
    guard !measured.isEmpty else { return }
    report.results.append(
      BenchmarkResult("replay", peer.parameters, peer: peer.name, Samples(measured.map { $0 / 1e6 }), unit: "Mpps"))
    let ratios = zip(ours, rates).compactMap { ours, rate in rate.map { ours / $0 } }
    report.ratios.append(
      BenchmarkRatio(
        name: "\(Self.cases[0].name).\(peer.name).\(peer.target)", value: Samples(ratios).median, target: nil))
  }

  private func measure(_ replay: Case) throws -> Double {
    let options = ReplayOptions(
      capturePaths: [path], queueCount: replay.queueCount, steering: .roundRobin, hostMode: replay.hostMode,
      copy: .always, loopCount: passes, sink: .null)
    let result = ReplayRun(options, control: ReplayControl(senderCount: replay.queueCount)).run()
    if let problem = result.problems.first { throw ReplayBenchmarkError(problem) }
    return result.packetsPerSecond
  }
}

/// Why there are no figures, in one line.
package struct ReplayBenchmarkError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
