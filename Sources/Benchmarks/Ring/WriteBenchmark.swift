internal import SharedMemory

/// Writing with nobody else about: every way in turn, round by round, so that all meet the same minute.
struct WriteBenchmark {
  private static let unit = "ns/message"

  private let cases: [WriteCase]
  /// The nanoseconds of every case, for each round.
  private var rounds: [[Double]] = []

  init(clock: MonotonicClock) throws { cases = try WriteCase.all(clock: clock) }

  /// Each case after the other, so many laps of its ring. The first lap touches memory that the others drove out of the
  /// caches, and is not counted.
  mutating func runRound(laps: Int) throws {
    rounds.append(
      try cases.map { writeCase in
        _ = try writeCase.run(1)
        return try writeCase.run(laps)
      })
  }

  var results: [BenchmarkResult] {
    cases.indices.map { index in
      let writeCase = cases[index]
      return BenchmarkResult(
        "ring.write", writeCase.parameters, peer: writeCase.peer, Samples(rounds.map { $0[index] }), unit: Self.unit)
    }
  }

  /// The peer's time divided by ours, each taken between neighbours. Empty without the peer.
  var ratios: [BenchmarkRatio] {
    guard let peer = cases.firstIndex(where: { $0.peer != nil }) else { return [] }
    let targets = [("exclusive", 1, 4.0), ("cooperative", 1, 2), ("exclusive", bulkCount, 12)]
    return targets.compactMap { mode, batch, target in
      guard let ours = cases.firstIndex(where: { $0.parameters == WriteCase.parameters(mode, batch: batch) }) else {
        return nil
      }
      return BenchmarkRatio(
        name: "ring.write.\(mode)" + (batch == 1 ? "" : ".bulk\(batch)"),
        value: Samples(rounds.map { $0[peer] / $0[ours] }).median, target: target)
    }
  }
}
