package import ArgumentParser
internal import Benchmarks

/// `netvsc bench replay`.
package struct BenchReplayCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Measures how fast a capture is replayed, beside the limit of copying it.",
    discussion: """
      The copy limit is what one core does that copies each frame of the capture once, and nothing else. The replays \
      send the same frames into a null sink: with the host on each sender's core, and on a core of its own.
      """)

  @Argument(help: ArgumentHelp("The capture.", valueName: "capture"), completion: .file())
  private var capture: String

  @OptionGroup private var options: BenchOptions

  package init() {}

  package func run() throws {
    try options.report { machine, announce in
      try ReplayBenchmark(
        capture: capture, roundCount: options.quick ? 1 : 7, passes: options.quick ? 2 : 400
      ).run(on: machine, announce: announce)
    }
  }
}
