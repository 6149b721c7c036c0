package import ArgumentParser
internal import Benchmarks

/// `netvsc bench packets`: what `bench engine` and `bench counts` run under valgrind.
package struct BenchPacketsCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "packets",
    abstract: "Sends packets in each way: about so many, as many again, and twice as many; and measures nothing.",
    shouldDisplay: false)

  @Argument private var count: Int
  @Argument private var cases: [EngineCase]

  package init() {}

  /// The arguments that bring the program here.
  static func arguments(packetCount: Int, _ cases: [EngineCase]) -> [String] {
    ["bench", "packets", "\(packetCount)"] + cases.map(\.description)
  }

  /// Prints how many packets were the second turn of each.
  package func run() throws {
    for engineCase in cases {
      let sent = try EngineBenchmark.sendCounted(packetCount: count, engineCase)
      try OutputFile.standardOutput.write("\(sent)\n")
    }
  }
}

extension EngineCase: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
