/// When each packet leaves, from one start: a pace other than top speed, as arithmetic.
///
/// A packet has a *mark* on the scale that the pace goes by: how many packets or bytes come before it, or how many
/// nanoseconds of the captures. Its departure follows from its mark and the start alone, so nothing adds up: a schedule
/// is as exact after years as at its beginning. Marks never step back, and so departures do not.
package struct Schedule: Sendable {
  /// The most of the schedule, in nanoseconds, that leaves at once.
  package static let burstSpan: UInt64 = 10_000
  private static let second: UInt128 = 1_000_000_000

  /// When the packet with mark 0 leaves, in nanoseconds.
  package let start: UInt64
  /// A mark takes `multiplier` divided by `divisor` nanoseconds.
  private let multiplier: UInt128
  private let divisor: UInt128

  /// Nil at top speed, which has none.
  package init?(_ pace: Pace, start: UInt64) {
    self.start = start
    let rate: Rate
    switch pace {
    case .topSpeed: return nil
    case .packets(let perSecond):
      rate = perSecond
      multiplier = Self.second * UInt128(Rate.one)
    case .megabits(let perSecond):
      rate = perSecond
      multiplier = 8 * Self.second * UInt128(Rate.one) / 1_000_000
    case .timed(let speed):
      rate = speed
      multiplier = UInt128(Rate.one)
    }
    divisor = UInt128(rate.billionths)
  }

  /// When the packet with that mark leaves; what lies beyond the clock's last nanosecond, then.
  package func departure(at mark: UInt128) -> UInt64 {
    let (product, isBeyond) = mark.multipliedReportingOverflow(by: multiplier)
    guard !isBeyond else { return .max }
    return UInt64(clamping: UInt128(start) + product / divisor)
  }

  /// Where the burst ends that begins with the first of `packets`, which is due: with the last that is due as well, and
  /// within `burstSpan` of the first.
  package func burstEnd(of packets: Range<Int>, at now: UInt64, mark: (Int) -> UInt128) -> Int {
    let first = departure(at: mark(packets.lowerBound))
    let last = min(now, UInt64(clamping: UInt128(first) + UInt128(Self.burstSpan)))
    var end = packets.lowerBound + 1
    while end < packets.upperBound, departure(at: mark(end)) <= last { end += 1 }
    return end
  }
}
