/// What decides when a packet leaves.
package enum Pace: Sendable, Equatable {
  /// Nothing but the host: as soon as it can.
  case topSpeed
  /// So many packets a second.
  case packets(Rate)
  /// So many million bits a second: those of the frames as captured, without what a wire adds.
  case megabits(Rate)
  /// The captures' own times, so many times faster.
  case timed(speed: Rate)

  /// Its name in reports.
  package var name: String {
    switch self {
    case .topSpeed: "top-speed"
    case .packets: "pps"
    case .megabits: "mbps"
    case .timed: "timed"
    }
  }

  /// The bits that are asked for, in millions a second.
  var megabitsPerSecond: Rate? { if case .megabits(let rate) = self { rate } else { nil } }

  /// How many times faster than captured.
  var speed: Rate? { if case .timed(let speed) = self { speed } else { nil } }

  /// As a person reads it: `1000 packets/s`, `20 Mbit/s`, `10 x captured`.
  var text: String {
    switch self {
    case .topSpeed: "top speed"
    case .packets(let rate): "\(rate) packets/s"
    case .megabits(let rate): "\(rate) Mbit/s"
    case .timed(let speed): "\(speed) x captured"
    }
  }
}
