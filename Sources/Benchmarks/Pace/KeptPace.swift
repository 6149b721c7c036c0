/// How well a pace was kept, by what arrived.
struct KeptPace: Sendable {
  /// How far ahead a packet is looked for that is not the next one.
  private static let longestLoss = 1000

  /// The packets a second, from the first arrival to the last.
  let rate: Double
  /// What it would have been at the times that were asked for.
  let askedRate: Double
  /// How much each gap between two arrivals differs from the gap between the times when they were due, in nanoseconds:
  /// sorted.
  let gapErrors: [UInt64]
  /// Packets that did not arrive.
  let lostCount: Int
  /// Arrivals that were nothing of what was to come.
  let strayCount: Int

  /// Arrivals of packets that were due at those times; the digests of the frames are those of one pass, which repeats. Nil
  /// when fewer than two arrived, or in no time.
  init?(_ arrivals: [Arrival], due: [UInt64], digests: [UInt64]) {
    var times: [Int64] = []
    var asked: [UInt64] = []
    var next = 0
    for arrival in arrivals {
      let places = next..<min(next + Self.longestLoss, due.count)
      guard let place = places.first(where: { digests[$0 % digests.count] == arrival.digest }) else { continue }
      times.append(arrival.timestamp)
      asked.append(due[place])
      next = place + 1
    }
    guard times.count > 1, times[times.count - 1] > times[0], asked[asked.count - 1] > asked[0] else { return nil }
    let gapCount = Double(times.count - 1)
    rate = gapCount * 1e9 / Double(times[times.count - 1] - times[0])
    askedRate = gapCount * 1e9 / Double(asked[asked.count - 1] - asked[0])
    var errors: [UInt64] = []
    errors.reserveCapacity(times.count)
    for index in 1..<times.count {
      let gap = times[index] - times[index - 1]
      let askedGap = Int64(asked[index] - asked[index - 1])
      errors.append((gap - askedGap).magnitude)
    }
    gapErrors = errors.sorted()
    lostCount = due.count - times.count
    strayCount = arrivals.count - times.count
  }

  /// The gap error that so many of a thousand gaps do not exceed, in nanoseconds.
  func gapError(perMille: Int) -> UInt64 {
    gapErrors[max(gapErrors.count * perMille + 999, 1000) / 1000 - 1]
  }
}
