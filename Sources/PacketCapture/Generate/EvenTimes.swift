/// Times an even distance apart, in whole nanoseconds; what is cut off each is not lost to those after it.
struct EvenTimes: Sendable {
  private let perSecond: UInt64
  private let gap: Int64
  /// What a gap is longer than `gap`, in parts of a nanosecond of which `perSecond` make one.
  private let excess: UInt64
  private var time: Int64
  private var parts: UInt64 = 0

  init(from start: Int64, perSecond: UInt64) {
    self.perSecond = perSecond
    let (quotient, remainder) = UInt64(CaptureTimestamp.nanosecondsPerSecond).quotientAndRemainder(
      dividingBy: perSecond)
    gap = Int64(quotient)
    excess = remainder
    time = start
  }

  mutating func next() -> Int64 {
    let result = time
    time += gap
    parts += excess
    if parts >= perSecond {
      parts -= perSecond
      time += 1
    }
    return result
  }
}
