/// How much of everything is measured.
package struct EngineBenchmarkPlan: Sendable {
  var roundCount = 15
  /// Packets of one case in one round.
  var packetCount = 50_000
  /// The sizes of frames that all ways are measured with.
  var frameByteCounts = [64, 128, 512, 1514, 9014]
  /// The sizes at which it is seen from where on lending beats copying.
  var sweptByteCounts = [
    512, 768, 1024, 1514, 2048, 2560, 3072, 3584, 4096, 4608, 5120, 6144, 7168, 8192, 9014,
  ]
  var batchCounts = [1, 8, 32, 256]
  /// The sizes that all batches are measured with.
  var batchedByteCounts = [64, 1514]
  var queueCounts = [1, 2, 8, 64]
  /// How many of the cases are executed once more to count their instructions.
  var countedCaseLimit = Int.max

  /// As much as figures need that can be compared.
  package static let full = EngineBenchmarkPlan()

  /// Enough to see that it works; the figures mean nothing.
  package static let quick = EngineBenchmarkPlan(
    roundCount: 1, packetCount: 256, frameByteCounts: [64, 1514], sweptByteCounts: [512, 9014], batchCounts: [1, 32],
    batchedByteCounts: [64], queueCounts: [1, 2], countedCaseLimit: 2)

  /// What all of it is about: each case once, however many questions it answers.
  package var cases: [EngineCase] {
    let bySize = frameByteCounts.flatMap { byteCount in
      EngineWay.allCases.map { EngineCase($0, frameByteCount: byteCount) }
    }
    let byBatch = batchedByteCounts.flatMap { byteCount in
      batchCounts.flatMap { batchCount in
        Self.ours.map { EngineCase($0, frameByteCount: byteCount, batchCount: batchCount) }
      }
    }
    let byQueues = queueCounts.flatMap { queueCount in
      Self.ours.map { EngineCase($0, frameByteCount: frameByteCounts[0], queueCount: queueCount) }
    }
    let swept = sweptByteCounts.flatMap { byteCount in Self.ours.map { EngineCase($0, frameByteCount: byteCount) } }
    var known: Set<EngineCase> = []
    return (bySize + byBatch + byQueues + swept).filter { known.insert($0).inserted }
  }

  private static let ours: [EngineWay] = [.copy, .direct]
}
