internal import PacketCapture
package import TrafficReplay

/// What is to be sent in a comparison of paces, and when.
package struct PaceAssignment: Sendable {
  /// How many numbered frames a capture has that is sent at a rate, again and again.
  private static let numberedFrameCount = 1000
  private static let numberedFrameByteCount = 60

  /// The capture's path.
  package let capture: String
  package let pace: Pace
  /// When each packet is due, in nanoseconds from the first.
  package let due: [UInt64]
  /// The frames of the capture, which is sent from its beginning again as often as it takes.
  let frames: CapturedFrames

  /// How often the capture is sent, the last time perhaps not to its end.
  package var passCount: Int { (due.count + frames.ranges.count - 1) / frames.ranges.count }

  /// Packets at a rate, for so many seconds, from a capture that is written at `path`: every packet there can be told from
  /// the others.
  init(packetsPerSecond rate: UInt64, seconds: Double, writingTo path: String) throws(CaptureError) {
    var writer = try CaptureWriter(path: path)
    for number in 0..<Self.numberedFrameCount {
      try writer.append(Self.frame(number), timestamp: Int64(number))
    }
    try writer.close()
    try self.init(path, .packets(Rate(rate))) { _ in (0..<UInt64(max(Double(rate) * seconds, 2))).map { $0 } }
  }

  /// A capture as its time stamps tell, so many times faster.
  init(capture path: String, speed: Rate) throws(CaptureError) {
    try self.init(path, .timed(speed: speed)) { frames in
      var timeline = CaptureTimeline()
      timeline.beginCapture()
      return frames.timestamps.map { timeline.time(of: $0) }
    }
  }

  private init(_ path: String, _ pace: Pace, marks: (CapturedFrames) -> [UInt64]) throws(CaptureError) {
    capture = path
    self.pace = pace
    frames = try CapturedFrames(capture: path)
    let schedule = Schedule(pace, start: 0)
    due = marks(frames).map { schedule?.departure(at: UInt128($0)) ?? 0 }
  }

  /// Of a type for experiments, which nobody answers.
  private static func frame(_ number: Int) -> [UInt8] {
    var frame = [UInt8](repeating: 2, count: 12) + [0x88, 0xB5]
    frame += (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return frame + [UInt8](repeating: 0, count: numberedFrameByteCount - frame.count)
  }
}
