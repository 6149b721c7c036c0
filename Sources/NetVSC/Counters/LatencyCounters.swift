/// Things that ended at one moment, until they are counted: those that began together are counted together.
struct LatencyRun {
  private var start: UInt64 = 0
  private var count: UInt64 = 0

  /// Adds one that began at `start` and ended at `end`. All that are added have ended then, up to a `finish`.
  @inline(__always)
  mutating func add(from start: UInt64, to end: UInt64, in counters: inout LatencyCounters) {
    if start != self.start {
      finish(at: end, in: &counters)
      self.start = start
    }
    count &+= 1
  }

  /// Counts what was added.
  mutating func finish(at end: UInt64, in counters: inout LatencyCounters) {
    guard count > 0 else { return }
    counters.record(end &- min(end, start), times: count)
    count = 0
  }
}

/// How long things took, in nanoseconds: fixed counters that grow with the value, cheap enough to stay on.
///
/// Each power of two is cut into 32 counters, so a value is known to about 3 percent; everything below 64 is exact, and
/// everything from 2⁴⁰ ns (18 minutes) on shares the last counter.
public struct LatencyCounters: Sendable {
  private static let stepBits = 5
  private static let steps = 1 << stepBits
  private static let octaves = 40 - stepBits
  private var counts: [UInt64]
  /// How many values there are.
  public private(set) var count: UInt64 = 0
  /// The largest value, exact. 0 when there is none.
  public private(set) var maximum: UInt64 = 0

  /// No values.
  public init() { counts = [UInt64](repeating: 0, count: (Self.octaves + 1) * Self.steps) }

  /// Counts a value that was met `times` times.
  @inline(__always)
  package mutating func record(_ nanoseconds: UInt64, times: UInt64 = 1) {
    counts[Self.index(of: nanoseconds)] &+= times
    count &+= times
    if nanoseconds > maximum { maximum = nanoseconds }
  }

  /// Adds another's counts to these.
  public mutating func add(_ other: LatencyCounters) {
    for index in counts.indices { counts[index] &+= other.counts[index] }
    count &+= other.count
    maximum = max(maximum, other.maximum)
  }

  /// The counters that are not zero: the largest value each stands for, and how often it was met. In order of value.
  public var buckets: [(nanoseconds: UInt64, count: UInt64)] {
    counts.indices.compactMap { index in
      counts[index] == 0 ? nil : (nanoseconds: min(Self.largestValue(at: index), maximum), count: counts[index])
    }
  }

  /// Values below `steps` have a counter each; above, the bits behind the leading one choose the step.
  @inline(__always)
  private static func index(of value: UInt64) -> Int {
    guard value >= UInt64(steps) else { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount - stepBits
    guard octave < octaves else { return (octaves + 1) * steps - 1 }
    return (octave + 1) * steps + Int(value >> UInt64(octave)) - steps
  }

  private static func largestValue(at index: Int) -> UInt64 {
    let (octave, step) = (index / steps - 1, index % steps)
    guard octave >= 0 else { return UInt64(index) }
    return (UInt64(steps + step + 1) << UInt64(octave)) - 1
  }
}
