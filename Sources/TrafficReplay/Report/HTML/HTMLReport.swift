/// A run as a page to look at, or to attach: one file that needs nothing else, with every chart drawn in it.
package struct HTMLReport: Sendable {
  /// What a page says of how a run came about.
  package struct Origin: Sendable {
    /// The words of the command.
    package var command: [String]
    /// When it ended, as a person reads it.
    package var date: String
    package var version: String

    package init(command: [String], date: String, version: String) {
      self.command = command
      self.date = date
      self.version = version
    }
  }

  let result: ReplayResult
  let ledger: Ledger
  private let samples: [ProgressSample]
  private let origin: Origin

  /// Of a run that was looked at now and then.
  package init(_ result: ReplayResult, samples: [ProgressSample], origin: Origin) {
    self.result = result
    ledger = result.ledger
    self.samples = samples
    self.origin = origin
  }

  /// The whole page.
  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(HTMLText.escaped(title))</title>
    <style>
    \(PageStyle.css)
    </style>
    </head>
    <body>
    <svg class="defs" aria-hidden="true"><defs><pattern id="stripes" width="6" height="6" \
    patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6"/></pattern></defs></svg>
    <header>
    <h1>\(HTMLText.escaped(title))</h1>
    <p class="soft">netvsc \(HTMLText.escaped(origin.version)), \(HTMLText.escaped(origin.date))</p>
    <code>\(command)</code>
    </header>
    <main>
    \(verdict)
    \(figures)
    <h2>Charts</h2>
    \(charts)
    <h2>Account</h2>
    \(tables)
    <h2>Settings</h2>
    \(settings)
    \(notes)
    </main>
    </body>
    </html>

    """
  }

  private var title: String {
    let names = result.captures.map { capture in
      capture.path.split(separator: "/").last.map(String.init) ?? capture.path
    }
    return switch names.count {
    case 0: "Replay"
    case 1...3: "Replay of \(names.joined(separator: ", "))"
    default: "Replay of \(names[0]) and \(names.count - 1) other captures"
    }
  }

  /// No word is broken over two lines that fits one.
  private var command: String {
    origin.command.map { "<span>\(HTMLText.escaped(Self.quoted($0)))</span>" }.joined(separator: " ")
  }

  /// A word as a shell takes it back.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789-_./:=,+@%".unicodeScalars.contains($0)
    }
    return isPlain && !word.isEmpty
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }

  private var charts: String {
    let steps = RateSteps(samples, total: ledger.completed, elapsed: result.elapsed).steps
    var figures: [Figure] = []
    if !steps.isEmpty {
      figures = [
        RateChart(
          name: "packet-rate", title: "Packets completed over time", axisTitle: "packets a second",
          units: ["pps", "kpps", "Mpps", "Gpps"], steps: steps, mean: result.packetsPerSecond,
          rate: \.packetsPerSecond, text: Readable.packetRate
        ).figure,
        RateChart(
          name: "bit-rate", title: "Bits completed over time", axisTitle: "bits a second",
          units: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"], steps: steps, mean: result.bitsPerSecond,
          rate: \.bitsPerSecond, text: Readable.bitRate
        ).figure,
      ]
    }
    let latency = PercentileChart(
      name: "completion-latency", title: "Time from publishing to completion", axisTitle: "latency",
      buckets: result.queues.flatMap(\.latency))
    if let latency { figures.append(latency.figure) }
    let gap = result.pacing.flatMap {
      PercentileChart(
        name: "gap-error", title: "How late packets left (gap error)", axisTitle: "after the time due",
        buckets: $0.gapErrors)
    }
    if let gap { figures.append(gap.figure) }
    if ledger.offered.packets > 0 { figures.append(QueueChart(queues: result.queues).figure) }
    guard !figures.isEmpty else { return "<p>No packet was offered, so there is nothing to draw.</p>" }
    return "<div class=\"charts\">\n\(figures.map(\.html).joined())</div>"
  }
}
