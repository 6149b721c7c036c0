package import ArgumentParser
internal import Benchmarks

/// `netvsc bench ring`.
package struct BenchRingCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "ring",
    abstract: "Measures the rings, and DPDK's beside them.",
    discussion: """
      Messages of 64 bytes go through rings of 512 KiB: written until the ring is full, and from one or many senders to \
      a reader on another core. Every figure is the median of short rounds in which all ways take turns. DPDK's ring \
      takes part where the program is built with '--traits DPDK'.

      EXAMPLES:
        netvsc bench ring
        netvsc bench ring --json ring.json
      """)

  @OptionGroup private var options: BenchOptions

  package init() {}

  package func run() throws {
    try options.report { machine, announce in
      if !RingBenchmark.includesPeer { Console.report("built without '--traits DPDK': its ring is left out") }
      return try withoutActuallyEscaping(announce) { announce in
        try RingBenchmark(
          options.quick ? .quick : .full, childArguments: BenchCrossingCommand.arguments(for:), announce: announce
        ).run(on: machine)
      }
    }
  }
}
