internal import NetVSC
internal import PacketCapture

extension HTMLReport {
  /// What came of it, in words before all numbers.
  var verdict: String {
    let status = ReplayStatus(of: result)
    let (style, mark) = status == .complete ? ("good", "✓") : ("bad", "✗")
    let problems = result.problems.map { "<li>\(HTMLText.escaped($0))</li>" }.joined()
    let list = problems.isEmpty ? "" : "<ul>\(problems)</ul>"
    return """
      <section class="verdict \(style)" aria-label="Verdict"><p><strong>\(mark) \(HTMLText.escaped(outcome))</strong></p>
      \(list)
      <p class="soft">Exit code \(status.rawValue): \(HTMLText.escaped(status.meaning)).</p></section>
      """
  }

  private var outcome: String {
    guard ledger.offered.packets > 0 else { return "No packet was sent" }
    let offered = Readable.amount(ledger.offered.packets, of: "packet")
    guard ledger.completed != ledger.offered else { return "All \(offered) completed" }
    let parts = [("refused", ledger.refused), ("failed", ledger.failed), ("lost", ledger.lost)]
      .filter { $0.1.packets > 0 }.map { ", \(Readable.count($0.1.packets)) \($0.0)" }
    return "\(Readable.count(ledger.completed.packets)) of \(offered) completed" + parts.joined()
  }

  /// What is looked for first.
  var figures: String {
    var figures = [
      ("completed", Readable.count(ledger.completed.packets)),
      ("time", Readable.duration(result.elapsed)),
      ("packet rate", Readable.packetRate(result.packetsPerSecond)),
      ("bit rate", Readable.bitRate(result.bitsPerSecond)),
    ]
    if let latency = result.latency { figures.append(("latency, p99", Readable.duration(latency.p99))) }
    if result.pacing != nil, let asked = result.askedPerSecond, let achieved = result.departuresPerSecond {
      figures += [("pace asked", Readable.packetRate(asked)), ("pace achieved", Readable.packetRate(achieved))]
    }
    if let error = result.gapError { figures.append(("left late, p99", Readable.duration(error.p99))) }
    return Self.list(figures, "figures")
  }

  var tables: String {
    var account = HTMLTable(caption: "Ledger", header: ["", "packets", "bytes"])
    let guest = [
      ("offered", ledger.offered), ("refused", ledger.refused), ("completed", ledger.completed),
      ("failed", ledger.failed), ("lost", ledger.lost),
    ]
    let host = [("host received", result.host.received), ("host delivered", result.host.delivered)]
    for (name, tally) in result.hostIsSilent ? guest : guest + host {
      account.rows.append([name, Readable.count(tally.packets), Readable.count(tally.bytes)])
    }
    var captures = HTMLTable(
      caption: result.loops > 1 ? "Captures (one pass)" : "Captures",
      header: ["", "ended", "packets", "bytes", "cut by snap length", "skipped"])
    for capture in result.captures {
      captures.rows.append(
        [capture.path, capture.ended.rawValue]
          + [capture.packets, capture.bytes, capture.truncated, capture.skipped].map(Readable.count))
    }
    var queues = HTMLTable(
      caption: "Queues",
      header: ["", "offered", "completed", "refused", "failed", "lost", "ring full", "no section", "signals", "elided"])
    for queue in result.queues {
      let counts = [
        queue.offered.packets, queue.completed.packets, queue.refused.packets, queue.failed.packets,
        queue.lost.packets, queue.ringFull, queue.noSection, queue.signals, queue.signalsElided,
      ]
      queues.rows.append(["\(queue.queue)"] + counts.map(Readable.count))
    }
    return account.html + balance.map { "<p class=\"soft\">\(HTMLText.escaped($0))</p>\n" }.joined() + captures.html
      + (queues.rows.isEmpty ? "" : queues.html)
  }

  private var balance: [String] {
    let balance =
      result.imbalances.isEmpty
      ? "✓ Balanced: offered = refused + completed + failed + lost." : "✗ Not balanced: see the verdict."
    guard let verify = result.verify else { return [balance] }
    let digest = Readable.hexadecimal(verify.received)
    return [
      balance,
      verify.match
        ? "✓ Verified: the host received the bytes that were sent (digest \(digest))."
        : "✗ Not verified: digest \(digest) instead of \(Readable.hexadecimal(verify.offered)).",
    ]
  }

  var settings: String {
    let options = result.options
    var settings = [
      ("queues", "\(result.queueCount)"), ("senders per queue", "\(options.sendersPerQueue)"),
      ("rings", options.ringMode.rawValue), ("steered by", options.steering.rawValue),
      ("host", options.devicePath.map { "at \($0)" } ?? options.hostMode.rawValue),
      ("sink", options.devicePath == nil ? options.sink.description : "the host's"), ("copy", options.copy.rawValue),
      ("MTU", "\(result.frameLimit) bytes"), ("pace", options.pace.text),
      ("loops", options.loopCount == 0 ? "until stopped" : Readable.count(options.loopCount)),
      ("loops begun", Readable.count(result.loops)),
      ("packet limit", options.packetLimit.map(Readable.count) ?? "none"),
      ("time limit", options.duration.map(Readable.duration) ?? "none"),
      ("drain timeout", Readable.duration(options.drainTimeout)),
      ("tags beside frames", options.vlanOffload ? "yes" : "no"),
    ]
    if let size = options.segmentByteCount { settings.append(("segment size", "\(size) bytes")) }
    if let filter = options.selection.filter { settings.append(("filter", filter)) }
    if options.selection.skipCount > 0 {
      settings.append(("skipped first", Readable.count(options.selection.skipCount)))
    }
    if let ranges = options.selection.ranges { settings.append(("packets", ranges.description)) }
    if let variation = options.variation { settings.append(("varied", variation.rawValue)) }
    if options.padsTruncated { settings.append(("truncated frames", "filled up with zeros")) }
    if options.mergesCaptures { settings.append(("captures", "merged by time")) }
    if let ethernet = options.ethernet { settings.append(("Ethernet header", ethernet.description)) }
    if !options.faults.isEmpty {
      settings.append(("faults", options.faults.map(\.description).joined(separator: ", ")))
    }
    return Self.list(settings, "settings")
  }

  var notes: String {
    let notes = result.notes + (result.interrupted ? ["the run was interrupted"] : [])
    guard !notes.isEmpty else { return "" }
    return "<h2>Notes</h2>\n<ul>\(notes.map { "<li>\(HTMLText.escaped($0))</li>" }.joined())</ul>"
  }

  private static func list(_ pairs: [(String, String)], _ style: String) -> String {
    let items = pairs.map { "<div><dt>\(HTMLText.escaped($0.0))</dt><dd>\(HTMLText.escaped($0.1))</dd></div>" }
    return "<dl class=\"\(style)\">\n\(items.joined(separator: "\n"))\n</dl>"
  }
}

extension ReplayStatus {
  /// What the exit code says.
  var meaning: String {
    switch self {
    case .wrongUsage: "what was asked for does not fit a capture"
    case .notPermitted: "this user may not open the interface"
    case .complete: "all packets were completed"
    case .incomplete: "some packets were refused, failed or lost, or there was nothing to send"
    case .captureUnusable: "a capture is damaged, is none, or has a link type that cannot be sent"
    case .captureUnreadable: "a capture is missing, a directory, or not readable"
    case .hostGone: "the host went away, or completed nothing while there was no room"
    case .internalFault: "an internal fault: the ledger or the digest does not balance"
    case .inputOutputFailed: "a sink or an output could not be written, or a capture not be read on"
    case .interrupted: "interrupted, after draining and reporting"
    }
  }
}
