internal import Benchmarks
internal import TrafficReplay

/// The figures of a benchmark as a person reads them: results first, then ratios beside what they should be.
struct BenchTable {
  private let report: BenchmarkReport

  init(_ report: BenchmarkReport) { self.report = report }

  var text: String {
    let machine = report.machine
    let cores = Readable.amount(UInt64(machine.coreCount), of: "core")
    let head = "\(machine.processor), \(cores), Linux \(machine.kernel)"
    return ([head, ""] + resultLines + [""] + ratioLines).joined(separator: "\n") + "\n"
  }

  private var resultLines: [String] {
    var table = TextColumns(header: ["Result", "median", "min", "max", ""])
    for result in report.results {
      let figures = [result.median, result.min, result.max].map(Readable.number)
      table.append([title(of: result)] + figures + [result.unit])
    }
    return table.lines
  }

  private var ratioLines: [String] {
    var table = TextColumns(header: ["Ratio", "value", "target", ""])
    for ratio in report.ratios {
      let figures = [Readable.number(ratio.value), ratio.target.map(Readable.number) ?? ""]
      table.append([ratio.name] + figures + [ratio.isReached ? "" : "missed"])
    }
    return table.lines
  }

  /// The name, whose code it is, and what it depends on.
  private func title(of result: BenchmarkResult) -> String {
    "\(result.name): \(result.peer.map { "\($0), " } ?? "")\(result.parameters)"
  }
}
