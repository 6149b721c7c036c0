internal import NetVSC

/// The times of all cases beside each other, round by round: neighbours meet the same minute.
struct EngineComparison {
  /// What the choice between copying and lending should reach, beside the better of the two.
  private static let choiceTarget = 0.9

  let plan: EngineBenchmarkPlan
  /// The nanoseconds a packet took, for each round.
  let times: [EngineCase: [Double]]

  /// The first time divided by the second one: how much faster the second way is.
  var ratios: [BenchmarkRatio] {
    plan.frameByteCounts.map { size in
      ratio("engine.plain.\(size)", EngineCase(.plain, frameByteCount: size), EngineCase(.copy, frameByteCount: size))
    }
      + plan.frameByteCounts.map { size in
        ratio(
          "engine.direct.\(size)", EngineCase(.copy, frameByteCount: size), EngineCase(.direct, frameByteCount: size))
      }
      + plan.frameByteCounts.map { size in
        ratio(
          "engine.header-in-section.\(size)", EngineCase(.directSlot, frameByteCount: size),
          EngineCase(.direct, frameByteCount: size))
      }
      + plan.queueCounts.dropFirst().map { queueCount in
        let size = plan.frameByteCounts[0]
        return ratio(
          "engine.queues.\(queueCount)", EngineCase(.copy, frameByteCount: size),
          EngineCase(.copy, frameByteCount: size, queueCount: queueCount))
      } + [
        BenchmarkRatio(
          name: "engine.copy-threshold", value: crossover.worstChoice(threshold: Self.threshold),
          target: Self.choiceTarget)
      ]
  }

  /// From where on lending beats copying; nil where it never does.
  var crossoverResult: BenchmarkResult? {
    let byteCounts = crossover.byteCounts
    guard !byteCounts.isEmpty else { return nil }
    return BenchmarkResult(
      "engine.crossover", ["batch": .number(EngineCase.usualBatchCount), "copyThreshold": .number(Self.threshold)],
      Samples(byteCounts), unit: "bytes")
  }

  private static var threshold: Int { DeviceConfiguration().copyThreshold }

  private func ratio(_ name: String, _ slower: EngineCase, _ faster: EngineCase) -> BenchmarkRatio {
    let values = zip(times[slower, default: []], times[faster, default: []]).map { $0 / $1 }
    return BenchmarkRatio(name: name, value: Samples(values).median, target: nil)
  }

  private var crossover: CopyCrossover {
    CopyCrossover(
      plan.sweptByteCounts.map { byteCount in
        CopyCrossover.Size(
          byteCount: byteCount, copied: times[EngineCase(.copy, frameByteCount: byteCount), default: []],
          lent: times[EngineCase(.direct, frameByteCount: byteCount), default: []])
      })
  }
}
