internal import NetVSC

/// What a person reads when a run has ended.
package struct SummaryTable: Sendable {
  private let result: ReplayResult
  private let ledger: Ledger
  private let style: TextStyle

  package init(_ result: ReplayResult, style: TextStyle) {
    self.result = result
    ledger = result.ledger
    self.style = style
  }

  /// The whole table, each line ended.
  package var text: String {
    [headline, captures, account, pace, latency, queues, notes]
      .filter { !$0.isEmpty }
      .map { $0.map { $0 + "\n" }.joined() }
      .joined(separator: "\n")
  }

  private var headline: [String] {
    let options = result.options
    let offered = Readable.amount(ledger.offered.packets, of: "packet")
    let rates = "\(Readable.packetRate(result.packetsPerSecond)), \(Readable.bitRate(result.bitsPerSecond))"
    let outcome = "\(Readable.count(ledger.completed.packets)) of \(offered) completed"
    let setup = [
      "\(result.queueCount) \(result.queueCount == 1 ? "queue" : "queues") (\(options.ringMode.rawValue)\(senders))",
      "steered by \(options.steering.rawValue)",
      options.devicePath.map { "host at \($0)" } ?? "host \(options.hostMode.rawValue), sink \(options.sink)",
      "MTU \(result.frameLimit)", Readable.amount(result.loops, of: "loop"),
    ]
    return [
      style.heading("\(outcome) in \(Readable.duration(result.elapsed)): \(rates)"),
      style.aside(Readable.line(setup.joined(separator: ", "))),
    ]
  }

  private var senders: String {
    let count = result.options.sendersPerQueue
    return count == 1 ? "" : ", \(count) senders each"
  }

  private var captures: [String] {
    let title = result.loops > 1 ? "Captures (one pass)" : "Captures"
    var columns = TextColumns(header: [title, "packets", "bytes", ""])
    for capture in result.captures {
      columns.append([
        "  \(capture.ended.rawValue)", Readable.count(capture.packets), Readable.count(capture.bytes),
        Readable.line(capture.path),
      ])
    }
    return titled(columns)
  }

  private var account: [String] {
    var columns = TextColumns(header: ["Ledger", "packets", "bytes", ""])
    func append(_ name: String, _ tally: Tally, _ remark: String = "") {
      columns.append(["  \(name)", Readable.count(tally.packets), Readable.count(tally.bytes), remark])
    }
    let host = result.host
    append("offered", ledger.offered)
    append("refused", ledger.refused, refusals)
    append("completed", ledger.completed)
    append("failed", ledger.failed)
    append("lost", ledger.lost)
    if !result.hostIsSilent {
      append("host received", host.received, "\(Readable.amount(host.messages, of: "message"))")
      append("host delivered", host.delivered, "\(Readable.amount(host.doorbells, of: "doorbell"))")
    }
    return titled(columns) + verdicts
  }

  private var refusals: String {
    RefusalReason.allCases.compactMap { reason in
      guard let count = ledger.refusedByReason[reason], count > 0 else { return nil }
      return "\(Readable.count(count)) \(reason.rawValue)"
    }.joined(separator: ", ")
  }

  private var verdicts: [String] {
    let imbalances = result.imbalances
    let balance =
      imbalances.isEmpty
      ? [style.good("  balanced: offered = refused + completed + failed + lost")]
      : imbalances.map { style.bad("  not balanced: \(Readable.line($0))") }
    guard let verify = result.verify else { return balance }
    let digest = Readable.hexadecimal(verify.received)
    let verdict =
      verify.match
      ? style.good("  verified: the host received the bytes that were sent (digest \(digest))")
      : style.bad("  not verified: digest \(digest) instead of \(Readable.hexadecimal(verify.offered))")
    return balance + [verdict]
  }

  private var pace: [String] {
    guard let error = result.gapError else { return [] }
    let rates = [("asked", result.askedPerSecond), ("achieved", result.departuresPerSecond)]
    let values = [("p50", error.p50), ("p99", error.p99), ("p99.9", error.p999), ("max", error.max)]
    return [
      style.heading("Pace (\(result.options.pace.text))"),
      "  "
        + rates.compactMap { name, rate in rate.map { "\(name) \(Readable.packetRate($0))" } }.joined(separator: "   "),
      "  left late by " + values.map { "\($0) \(Readable.duration($1))" }.joined(separator: "   "),
    ]
  }

  private var latency: [String] {
    guard let latency = result.latency else { return [] }
    let values = [
      ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99), ("p99.9", latency.p999),
      ("p99.99", latency.p9999), ("max", latency.max),
    ]
    let text = values.map { "\($0) \(Readable.duration($1))" }.joined(separator: "   ")
    return [style.heading("Latency to completion"), "  \(text)"]
  }

  private var queues: [String] {
    var columns = TextColumns(
      header: ["Queues", "sent", "completed", "ring full", "no section", "signals", "elided", ""])
    for queue in result.queues {
      let counts = [
        queue.published.packets, queue.completed.packets, queue.ringFull, queue.noSection, queue.signals,
        queue.signalsElided,
      ]
      columns.append(["  \(queue.queue)"] + counts.map(Readable.count) + [""])
    }
    return titled(columns)
  }

  private var notes: [String] {
    let truncated = result.captures.reduce(0) { $0 + $1.truncated }
    var notes: [String] = []
    if truncated > 0 {
      let were = truncated == 1 ? "was" : "were"
      let frames = "\(Readable.amount(truncated, of: "frame")) \(were) cut by the capture's snap length"
      let pads = result.options.padsTruncated
      let sent = pads ? "filled up with zeros: checksums over these are not right" : "sent as captured"
      notes.append("  \(frames) and \(were) \(sent)")
    }
    let skipped = result.captures.reduce(0) { $0 + $1.skipped }
    if skipped > 0 {
      notes.append("  \(Readable.amount(skipped, of: "packet")) \(skipped == 1 ? "was" : "were") skipped as asked")
    }
    if result.interrupted { notes.append("  the run was interrupted") }
    return notes.isEmpty ? [] : [style.heading("Notes")] + notes
  }

  /// The lines of a table, nothing when it has no row.
  private func titled(_ columns: TextColumns) -> [String] {
    let lines = columns.lines
    return lines.count > 1 ? [style.heading(lines[0])] + lines.dropFirst() : []
  }
}
