/// One way to use the engine, whose packets are timed.
package struct EngineCase: Hashable, Sendable {
  package var way: EngineWay
  /// The size of each frame.
  package var frameByteCount: Int
  /// How many frames are sent between two looks at what the host completed.
  package var batchCount: Int
  /// Queues of the device, which take turns, a batch each, on one thread.
  package var queueCount: Int

  package init(_ way: EngineWay, frameByteCount: Int, batchCount: Int = Self.usualBatchCount, queueCount: Int = 1) {
    self.way = way
    self.frameByteCount = frameByteCount
    self.batchCount = batchCount
    self.queueCount = queueCount
  }

  /// The batch of all cases that are about something else.
  package static let usualBatchCount = 32

  /// How many batches about so many packets are: at least one for each queue.
  func batchCount(ofPackets packetCount: Int) -> Int { max(packetCount / batchCount, queueCount) }

  /// As thresholds name it: `engine.copy.64.batch32`.
  package var name: String {
    "engine.\(way.rawValue).\(frameByteCount).batch\(batchCount)" + (queueCount == 1 ? "" : ".queues\(queueCount)")
  }

  var parameters: Parameters {
    [
      "way": .text(way.rawValue), "bytes": .number(frameByteCount), "batch": .number(batchCount),
      "queues": .number(queueCount),
    ]
  }
}

extension EngineCase: LosslessStringConvertible {
  /// Way, size, batch and queues, as in `copy/64/32/1`.
  package var description: String { "\(way.rawValue)/\(frameByteCount)/\(batchCount)/\(queueCount)" }

  /// Nil for what no case is described by.
  package init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, let way = EngineWay(rawValue: String(parts[0])), let frameByteCount = Int(parts[1]),
      let batchCount = Int(parts[2]), let queueCount = Int(parts[3]), (14...9216).contains(frameByteCount),
      batchCount > 0, (1...64).contains(queueCount)
    else { return nil }
    self.init(way, frameByteCount: frameByteCount, batchCount: batchCount, queueCount: queueCount)
  }
}
