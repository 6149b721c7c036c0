internal import ArgumentParser
internal import Foundation
internal import TrafficReplay

/// One replay from its arguments to its exit status: the run on a thread, the progress line, the reports.
struct ReplaySession {
  let options: ReplayOptions
  let output: OutputOptions

  func run() -> ReplayStatus {
    Signals.ignoreBrokenPipes()
    let control = ReplayControl(senderCount: options.senderCount)
    var json: ReportFile?
    var page: ReportFile?
    var failure: RunFailure?
    do {
      // Made sure of before the run, so that an hour's work does not end without its report.
      json = try ReportFile(output.json)
      page = try ReportFile(output.report)
    } catch {
      // The run still judges the captures, whose problems come first, but sends nothing.
      failure = .outputFailed("\(error); nothing was sent")
      control.requestStop()
    }
    var series = output.report.map { _ in ProgressSeries(startingAt: ProgressDisplay.now) }
    var result = replay(control, &series)
    result.failure = result.failure ?? failure
    (result.problems + result.notes).forEach(Console.report)
    // A table that cannot be printed is in the JSON as well, and does not keep it from being written.
    attempt(&result) { result in try print(result) }
    attempt(&result) { result in try json?.write(JSONText.of(ReplayReport(result))) }
    attempt(&result) { result in
      let origin = HTMLReport.Origin(
        command: ["netvsc"] + CommandLine.arguments.dropFirst(), date: Self.date,
        version: NetVSCCommand.configuration.version)
      try page?.write(HTMLReport(result, samples: series?.samples ?? [], origin: origin).text)
    }
    return ReplayStatus(of: result)
  }

  /// Does what may fail to be written, and notes that it did.
  private func attempt(_ result: inout ReplayResult, _ body: (ReplayResult) throws -> Void) {
    do {
      try body(result)
    } catch {
      Console.report("\(error)")
      result.failure = result.failure ?? .outputFailed("\(error)")
    }
  }

  /// Now, to the second and in universal time.
  private static var date: String { Date.now.formatted(.iso8601.dateTimeSeparator(.space)) }

  /// Replays, and takes a sample whenever one is due.
  private func replay(_ control: ReplayControl, _ series: inout ProgressSeries?) -> ReplayResult {
    Signals.stop { control.requestStop() }
    var display = ProgressDisplay(choice: output.progress, quiet: output.quiet, duration: options.duration)
    var stopNoted = output.quiet || control.stopRequested
    let run = RunThread(options, control: control)
    while !run.wait(atMost: min(series?.interval ?? .max, ProgressDisplay.interval)) {
      if control.stopRequested, !stopNoted {
        stopNoted = true
        display.note(Console.line("draining what is in flight; Ctrl-C again ends at once"))
      }
      let progress = control.snapshot()
      series?.record(progress, at: ProgressDisplay.now)
      display.show(progress)
    }
    let progress = control.snapshot()
    series?.end(with: progress, at: ProgressDisplay.now)
    display.end(with: progress)
    return run.result
  }

  /// Where nothing was offered there is nothing to tell but the problem, which is told already.
  private func print(_ result: ReplayResult) throws(OutputError) {
    let isTaken = output.json == .standardOutput || output.report == .standardOutput || options.sink.takesStandardOutput
    guard !output.quiet, !isTaken, result.ledger.offered.packets > 0 else { return }
    let terminal = OutputFile.standardOutput
    let style = Console.colours(on: terminal) ? TextStyle.terminal : .plain
    try terminal.write(SummaryTable(result, style: style).text)
  }
}
