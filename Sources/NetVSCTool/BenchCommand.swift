package import ArgumentParser

/// `netvsc bench`.
package struct BenchCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures parts of the transmit path, beside a peer where there is one.",
    discussion: """
      EXAMPLES:
        netvsc bench ring
        netvsc bench engine --json engine.json
        netvsc bench replay capture.pcap --peers
      """,
    subcommands: [
      BenchRingCommand.self, BenchEngineCommand.self, BenchReplayCommand.self, BenchPaceCommand.self,
      BenchCrossingCommand.self, BenchLapsCommand.self, BenchPacketsCommand.self, BenchCountsCommand.self,
    ])

  package init() {}
}
