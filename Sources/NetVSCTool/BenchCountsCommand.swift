package import ArgumentParser
internal import Benchmarks
internal import Foundation

/// `netvsc bench counts`: what `.ci/hot-path` compares with its thresholds.
package struct BenchCountsCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "counts", abstract: "Counts the instructions of a packet in each way, with valgrind.",
    shouldDisplay: false)

  @Argument private var cases: [EngineCase]

  package init() {}

  /// Prints a line for each way: its name, and the instructions.
  package func run() throws {
    let counter = InstructionCounter()
    guard let counts = try counter.count(cases, packetCount: 4096) else {
      Console.report(counter.problem ?? "nothing can be counted")
      throw ExitCode(69)
    }
    for (engineCase, counts) in zip(cases, counts) {
      let instructions = String(format: "%.1f", counts.instructionsPerPacket)
      try OutputFile.standardOutput.write("\(engineCase.name) \(instructions)\n")
    }
  }
}
