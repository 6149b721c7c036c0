/// The one line that a person watches while a replay runs.
///
/// It is told the time and the width, and remembers the last look in order to show the rate since then.
package struct ProgressLine: Sendable {
  private let duration: UInt64?
  private let start: UInt64
  private var last: (time: UInt64, completed: UInt64)
  private var rate = 0.0

  /// Begins at `now` (nanoseconds); `duration` is how long packets will be offered at most, when that was asked for.
  package init(startingAt now: UInt64, duration: UInt64?) {
    self.duration = duration
    start = now
    last = (now, 0)
  }

  /// The line for `progress` at `now`, in at most `width` characters: what matters least is left out first.
  package mutating func text(for progress: ReplayProgress, at now: UInt64, width: Int) -> String {
    if now > last.time {
      let completed = progress.completed.packets
      rate = Double(completed - min(last.completed, completed)) / (Double(now - last.time) / 1e9)
      last = (now, completed)
    }
    let elapsed = now - min(start, now)
    let fraction = fraction(of: progress, elapsed: elapsed)
    var parts = [
      Part(rank: 0, text: fraction.map { "\(Int($0 * 100))%".leftPadded(to: 4) }),
      Part(rank: 1, text: Readable.packetRate(rate).leftPadded(to: 9)),
      Part(rank: fraction == nil ? 3 : 6, text: "sent \(Readable.count(progress.sentPackets))"),
      Part(rank: 7, text: "completed \(Readable.count(progress.completed.packets))"),
      Part(rank: 5, text: "in flight \(Readable.count(progress.packetsInFlight))"),
      Part(rank: 4, text: "refused \(Readable.count(progress.refused.packets))"),
      Part(rank: 2, text: Self.times(elapsed: elapsed, fraction: fraction)),
    ].filter { $0.text != nil }
    while Self.joined(parts).count > width, let least = parts.map(\.rank).max(), parts.count > 1 {
      parts.removeAll { $0.rank == least }
    }
    return String(Self.joined(parts).prefix(max(0, width)))
  }

  private struct Part {
    /// 0 is left out last.
    let rank: Int
    /// Nil for what is not known.
    let text: String?
  }

  private static func joined(_ parts: [Part]) -> String { parts.compactMap(\.text).joined(separator: "  ") }

  /// How much of the run is done, by whichever limit is nearer; nil when it has none that is known.
  private func fraction(of progress: ReplayProgress, elapsed: UInt64) -> Double? {
    let byPackets = progress.expectedPackets.map { ratio(progress.offered.packets, $0) }
    let byTime = duration.map { ratio(elapsed, $0) }
    return [byPackets, byTime].compactMap(\.self).max()
  }

  private func ratio(_ part: UInt64, _ whole: UInt64) -> Double { whole > 0 ? min(1, Double(part) / Double(whole)) : 1 }

  /// Below this an estimate of the time left would jump about.
  private static let smallestFractionForEstimate = 0.01

  private static func times(elapsed: UInt64, fraction: Double?) -> String {
    let passed = Readable.clock(elapsed)
    guard let fraction, fraction >= smallestFractionForEstimate else { return passed }
    let left = Double(elapsed) * (1 - fraction) / fraction
    return "\(passed), \(Readable.clock(UInt64(left))) left"
  }
}
