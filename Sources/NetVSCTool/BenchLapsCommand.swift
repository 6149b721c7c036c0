package import ArgumentParser
internal import Benchmarks
internal import SharedMemory

/// `netvsc bench laps`: what `.ci/hot-path` counts the instructions of.
package struct BenchLapsCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "laps", abstract: "Fills and drains a ring so often in each of our modes, and measures nothing.",
    shouldDisplay: false)

  @Argument private var laps: Int

  package init() {}

  /// Prints how many messages each mode wrote and had read.
  package func run() throws {
    try OutputFile.standardOutput.write("\(RingBenchmark.runLaps(laps))\n")
  }
}
