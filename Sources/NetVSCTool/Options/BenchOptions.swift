internal import ArgumentParser
internal import Benchmarks
internal import PacketCapture
internal import TrafficReplay

/// What all benchmarks have in common: how much they measure, and where the figures go.
struct BenchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Writes the figures as JSON (schema netvsc.bench/1) instead of a table; - is standard output.",
      valueName: "file"),
    completion: .file())
  var json: ReportDestination?

  @Flag(help: "Measures as little as shows that it works; the figures mean nothing.")
  var quick = false

  /// Measures, and writes what came of it. `measure` is given something to tell what it does next.
  func report(_ measure: (Machine, (String) -> Void) throws -> BenchmarkReport) throws {
    Signals.ignoreBrokenPipes()
    do {
      let output = try openOutput()
      let machine = Machine.this
      if !machine.isOptimised { Console.report("a debug build: only figures of 'swift build -c release' count") }
      let showsProgress = OutputFile.standardError.isTerminal
      let report = try measure(machine) { name in if showsProgress { Console.report("measuring \(name)") } }
      try output.write(json == nil ? BenchTable(report).text : JSONText.of(report))
    } catch let error as OutputError {
      Console.report("\(error)")
      throw ExitCode(74)
    } catch let error as CaptureError {
      Console.report("\(error)")
      throw ExitCode(error.failure.exitStatus.rawValue)
    } catch {
      Console.report("\(error)")
      throw ExitCode(70)
    }
  }

  /// Made sure of before the run, so that minutes of work do not end without their report.
  private func openOutput() throws -> ReportFile {
    switch json {
    case nil, .standardOutput: .standardOutput
    case .file(let path): try ReportFile(path)
    }
  }
}
