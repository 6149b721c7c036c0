extension ReplayResult {
  /// What went wrong, one line each, for standard error: every exit code but 0 and 130 has its reason here.
  package var problems: [String] {
    let ledger = ledger
    var lines = captures.compactMap(\.problem)
    if let failure { lines.append(failure.text) }
    lines += imbalances
    if earlyCount > 0 {
      lines.append("\(Readable.amount(earlyCount, of: "packet")) left before their time, by a fault of this program")
    }
    // A failure of the sink is reported by the host as well, in the same words.
    if let problem = host.problem, !(failure.map { problem.hasSuffix($0.text) } ?? false) { lines.append(problem) }
    if ledger.refused.packets > 0 { lines.append(refusalLine(ledger)) }
    if ledger.failed.packets > 0 {
      lines.append("\(of(ledger.failed, ledger)) not sent on: the host completed them with an error status")
    }
    if ledger.lost.packets > 0 { lines.append("\(of(ledger.lost, ledger)) lost: \(lossReason)") }
    if ReplayStatus(of: self) == .incomplete, ledger.offered.packets == 0 {
      lines.append("nothing to send: \(options.capturePaths.joined(separator: ", "))")
    }
    return lines.map(Readable.line)
  }

  private func refusalLine(_ ledger: Ledger) -> String {
    let reasons = RefusalReason.allCases.compactMap { reason -> String? in
      guard let count = ledger.refusedByReason[reason], count > 0 else { return nil }
      return switch reason {
      case .tooLarge: "\(Readable.count(count)) above the MTU of \(frameLimit) bytes (--mtu)"
      case .tooShort: "\(Readable.count(count)) shorter than an Ethernet header of 14 bytes"
      }
    }
    return "\(of(ledger.refused, ledger)) refused: \(reasons.joined(separator: ", "))"
  }

  private var lossReason: String {
    if case .hostWentAway = failure { return "they were not completed when the run was given up" }
    if reconnections > 0 { return "they were in flight when the host went away" }
    return "no completion came within the drain timeout of \(Readable.duration(options.drainTimeout))"
  }

  private func of(_ part: Tally, _ ledger: Ledger) -> String {
    let verb = part.packets == 1 ? "was" : "were"
    return "\(Readable.count(part.packets)) of \(Readable.amount(ledger.offered.packets, of: "packet")) \(verb)"
  }
}
