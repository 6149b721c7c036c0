/// What was written of a plan.
package struct GeneratedCapture: Sendable, Equatable {
  package private(set) var packetCount: UInt64 = 0
  /// The size of the file.
  package private(set) var byteCount = UInt64(CaptureWriter.fileHeaderByteCount)
  /// Whether all that the plan asks for is there.
  package private(set) var isComplete = true

  /// Writes a capture packet by packet, in the same memory however large it becomes. Between two packets `isWanted` is
  /// asked; once it is not, what was written so far becomes a valid capture.
  ///
  /// The plan has no `problem`. Throws `writeFailed`.
  package init(
    of plan: TrafficPlan, writingTo path: String, while isWanted: () -> Bool = { true }
  ) throws(CaptureError) {
    var writer = try CaptureWriter(path: path)
    var traffic = GeneratedTraffic(plan)
    var frame: [UInt8] = []
    while packetCount < plan.packetLimit {
      guard isWanted() else {
        isComplete = false
        break
      }
      let timestamp = traffic.next(into: &frame)
      let recordByteCount = UInt64(CaptureWriter.recordHeaderByteCount + frame.count)
      guard byteCount + recordByteCount <= plan.fileByteLimit else { break }
      try writer.append(frame, timestamp: timestamp)
      packetCount += 1
      byteCount += recordByteCount
    }
    try writer.close()
  }
}

extension TrafficPlan {
  fileprivate var packetLimit: UInt64 { if case .packets(let count) = amount { count } else { .max } }
  fileprivate var fileByteLimit: UInt64 { if case .fileBytes(let count) = amount { count } else { .max } }
}
