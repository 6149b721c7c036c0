package import ArgumentParser
internal import Benchmarks

/// `netvsc bench engine`.
package struct BenchEngineCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Measures what a packet costs in the engine and its host, beside the plain way.",
    discussion: """
      One thread sends batches of frames into a host on the same thread and a null sink: send, flush, let the host work, \
      poll. Frames are copied from plain bytes ('copy'), lent from memory of the device's with their header in a section \
      ('direct'), the same in two parts of two memories ('direct-parts'), or with it in a slot ('direct-slot'), or sent the \
      plain way ('plain'): one packet a message, each flushed by itself. A host on the sender's thread needs no doorbell, so none is part of any figure.

      Measured are all ways with frames of 64 to 9014 bytes in batches of 32; batches of 1 to 256 with 64 and 1514 \
      bytes; 1 to 64 queues that take turns, with 64 bytes; and copying beside lending at sizes between 512 and 9014 \
      bytes, for 'engine.crossover', the size from which lending is faster. The ratio 'engine.copy-threshold' is the \
      time of the other way divided by that of the one which the default of copyThreshold chooses, at the size where it \
      does worst, and at most 1. All ways take turns in each of the rounds.

      Instructions are counted by valgrind, where that and strip are installed. Where a processor's own copy loop does \
      the work, from about 8 KiB on, each byte counts as one.

      EXAMPLES:
        netvsc bench engine
        netvsc bench engine --quick --json -
      """)

  @OptionGroup private var options: BenchOptions

  package init() {}

  package func run() throws {
    try options.report { machine, announce in
      let counter = InstructionCounter()
      if let problem = counter.problem { Console.report("instructions are not counted: \(problem)") }
      return try withoutActuallyEscaping(announce) { announce in
        try EngineBenchmark(
          options.quick ? .quick : .full, counting: { try counter.count($0, packetCount: options.quick ? 64 : 4096) },
          announce: announce
        ).run(on: machine)
      }
    }
  }
}
