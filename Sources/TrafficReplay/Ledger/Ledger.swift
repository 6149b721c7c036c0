/// The account of every packet, over all queues.
package struct Ledger: Sendable, Equatable {
  package private(set) var offered = Tally.zero
  package private(set) var refused = Tally.zero
  package private(set) var refusedByReason: [RefusalReason: UInt64] = [:]
  package private(set) var reserved = Tally.zero
  package private(set) var published = Tally.zero
  package private(set) var completed = Tally.zero
  package private(set) var failed = Tally.zero
  package private(set) var lost = Tally.zero

  package init(summing queues: [QueueAccount]) {
    for queue in queues {
      offered += queue.offered
      refused += queue.refused
      refusedByReason.merge(queue.refusedByReason, uniquingKeysWith: +)
      reserved += queue.reserved
      published += queue.published
      completed += queue.completed
      failed += queue.failed
      lost += queue.lost
    }
  }

  /// What does not balance within one queue, one line each; empty when all does.
  package static func problems(of queue: QueueAccount) -> [String] {
    var problems: [String] = []
    func report(_ problem: String) { problems.append("queue \(queue.queue): \(problem)") }

    let settled = queue.refused + queue.completed + queue.failed + queue.lost
    if settled != queue.offered {
      report("offered \(queue.offered.text), but refused, completed, failed and lost add up to \(settled.text)")
    }
    let reasons = queue.refusedByReason.values.reduce(0, +)
    if reasons != queue.refused.packets {
      report("refused \(queue.refused.packets) packets, but there are reasons for \(reasons)")
    }
    if !queue.published.isWithin(queue.reserved) {
      report("published \(queue.published.text), but reserved only \(queue.reserved.text)")
    }
    // What is lost may have got into the ring or not; all else that was not refused has been there.
    let answered = queue.completed + queue.failed
    if !answered.isWithin(queue.published) || !queue.published.isWithin(answered + queue.lost) {
      report("published \(queue.published.text), but \(answered.text) came back and \(queue.lost.text) were lost")
    }
    return problems
  }

  /// What the host counted otherwise than the guest, one line each; empty when they agree.
  package func problems(against host: HostAccount) -> [String] {
    var problems: [String] = []
    let answered = completed + failed
    // A lost packet may have reached the host: its completion is what is missing.
    if !answered.isWithin(host.received) || !host.received.isWithin(answered + lost) {
      problems.append("the host received \(host.received.text), but \(answered.text) came back from it")
    }
    if host.violations > 0 {
      problems.append("the host saw \(Readable.amount(host.violations, of: "protocol violation"))")
    }
    return problems
  }
}

extension Tally {
  /// Both numbers, as problems name them.
  var text: String { "\(Readable.amount(packets, of: "packet")) (\(Readable.amount(bytes, of: "byte")))" }
}

extension ReplayResult {
  /// The sums over all queues.
  package var ledger: Ledger { Ledger(summing: queues) }

  /// What does not balance, one line each: the queues, the host against the guest, and the digests.
  package var imbalances: [String] {
    let ledger = ledger
    var problems = queues.flatMap(Ledger.problems(of:))
    if !hostIsSilent { problems += ledger.problems(against: host) }
    // Digests can be compared only when both sides saw the same number of packets; the guest's has all it framed.
    if let verify, !verify.match, host.received == ledger.reserved {
      problems.append(
        "the host received other bytes than were sent: digest \(Readable.hexadecimal(verify.received)) "
          + "instead of \(Readable.hexadecimal(verify.offered))")
    }
    return problems
  }
}
