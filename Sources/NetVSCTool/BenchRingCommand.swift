package import ArgumentParser
internal import Benchmarks
internal import SharedMemory

/// `netvsc bench ring`.
package struct BenchRingCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "ring",
    abstract: "Measures the rings, and DPDK's beside them.",
    discussion: """
      Messages of 64 bytes go through rings of 512 KiB: written until the ring is full, and from one or many senders to \
      a reader on another core. Every figure is the median of short rounds in which all ways take turns. DPDK's ring \
      takes part where the program is built with '--traits DPDK'.
      """)

  @Option(
    help: ArgumentHelp(
      "Writes the figures as JSON (schema netvsc.bench/1) instead of a table; - is standard output.",
      valueName: "file"),
    completion: .file())
  package var json: JSONDestination?

  @Flag(help: "Measures as little as shows that it works; the figures mean nothing.")
  package var quick = false

  package init() {}

  package func run() throws {
    Signals.ignoreBrokenPipes()
    do {
      let output = try openOutput()
      let machine = Machine.this
      for line in notes(on: machine) { Console.report(line) }
      let showsProgress = OutputFile.standardError.isTerminal
      let benchmark = RingBenchmark(
        quick ? .quick : .full, childArguments: BenchCrossingCommand.arguments(for:),
        announce: { name in if showsProgress { Console.report("measuring \(name)") } })
      let report = try benchmark.run(on: machine)
      try output.write(json == nil ? BenchTable(report).text : JSONText.of(report))
      try output.close()
    } catch let error as OutputError {
      Console.report("\(error)")
      throw ExitCode(74)
    } catch {
      Console.report("\(error)")
      throw ExitCode(70)
    }
  }

  /// Opened before the run, so that minutes of work do not end without their report.
  private func openOutput() throws -> OutputFile {
    switch json {
    case nil, .standardOutput: .standardOutput
    case .file(let path): try OutputFile(creating: path)
    }
  }

  /// What somebody must know who compares the figures.
  private func notes(on machine: Machine) -> [String] {
    var notes: [String] = []
    if !machine.isOptimised { notes.append("a debug build: only figures of 'swift build -c release' count") }
    if !RingBenchmark.includesPeer { notes.append("built without '--traits DPDK': its ring is left out") }
    return notes
  }
}
