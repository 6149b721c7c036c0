package import ArgumentParser
package import TrafficReplay

/// What decides when a packet leaves.
package struct PaceOptions: ParsableArguments {
  @Flag(help: "Sends as fast as the host takes packets (default).")
  package var topSpeed = false

  @Option(
    help: ArgumentHelp("Sends so many packets a second, such as 1000 or 0.5.", valueName: "rate"),
    transform: OptionText.rate)
  package var pps: Rate?

  @Option(
    help: ArgumentHelp(
      "Sends so many million bits a second, such as 100 or 0.5: those of the frames as captured, without what a wire adds.",
      valueName: "rate"),
    transform: OptionText.rate)
  package var mbps: Rate?

  @Flag(
    help: """
      Sends at the times of the captures. A packet whose time stamp steps back or repeats leaves with the one before; \
      loops and further captures follow at a capture's average gap.
      """)
  package var timed = false

  @Option(
    help: ArgumentHelp(
      "With --timed: so many times faster, such as 10, or 0.5 for slower (default: 1).", valueName: "factor"),
    transform: OptionText.rate)
  package var speed: Rate?

  package init() {}

  package func validate() throws {
    let given = [
      ("--top-speed", topSpeed), ("--pps", pps != nil), ("--mbps", mbps != nil), ("--timed", timed),
    ].filter(\.1).map(\.0)
    guard given.count <= 1 else {
      throw ValidationError("\(given.joined(separator: " and ")) exclude each other; give one of them")
    }
    guard speed == nil || timed else { throw ValidationError("--speed is for --timed; give both, or another pace") }
  }

  package var pace: Pace {
    if let pps { return .packets(pps) }
    if let mbps { return .megabits(mbps) }
    return timed ? .timed(speed: speed ?? Rate(1)) : .topSpeed
  }
}
