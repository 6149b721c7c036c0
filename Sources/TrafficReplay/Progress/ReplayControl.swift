internal import SharedMemory
internal import Synchronization

/// What reaches into a run from outside: a request to stop, and a look at how far it is.
package final class ReplayControl: Sendable {
  /// Where each sender publishes its counters.
  package let senders: [SenderProgress]
  private let stop = Atomic<Bool>(false)
  /// `unknown` until the run can tell.
  private let expectedPackets = Atomic<UInt64>(ReplayControl.unknown)
  private static let unknown = UInt64.max

  package init(senderCount: Int) {
    senders = (0..<senderCount).map { _ in SenderProgress() }
  }

  // Every access is relaxed: no memory is handed over by these words, and a look that comes a moment late is as good.

  /// Asks the run to stop offering, to drain and to report.
  package func requestStop() { stop.store(true, ordering: .relaxed) }

  /// Whether that was asked.
  package var stopRequested: Bool { stop.load(ordering: .relaxed) }

  /// Tells how many packets will be offered, once that is known.
  package func expect(packets: UInt64) { expectedPackets.store(packets, ordering: .relaxed) }

  /// How many packets came back to some of the senders, as last published.
  package func settledPackets(of senders: Range<Int>) -> UInt64 {
    var progress = ReplayProgress()
    for sender in self.senders[senders] { sender.add(to: &progress) }
    return progress.completed.packets + progress.failed.packets
  }

  /// The counters of all senders together, as last published.
  package func snapshot() -> ReplayProgress {
    var progress = ReplayProgress()
    for sender in senders { sender.add(to: &progress) }
    let expected = expectedPackets.load(ordering: .relaxed)
    progress.expectedPackets = expected == Self.unknown ? nil : expected
    return progress
  }
}

/// One sender's counters, for others to look at. It publishes them when it likes, a batch at a time.
package final class SenderProgress: Sendable {
  private enum Counter: Int { case offered, refused, completed, failed }
  private static let wordsPerTally = 2

  /// They fill two cache lines, so that no other sender's are on one with them: each writes its own all the time.
  private let words = PrivateWords(tableOf: 16)

  fileprivate init() {}

  /// Replaces what was published before.
  package func publish(offered: Tally, refused: Tally, completed: Tally, failed: Tally) {
    let table = words.table
    Self.store(offered, as: .offered, in: table)
    Self.store(refused, as: .refused, in: table)
    Self.store(completed, as: .completed, in: table)
    Self.store(failed, as: .failed, in: table)
  }

  fileprivate func add(to progress: inout ReplayProgress) {
    // Completions first: a packet that comes back between two of these reads then counts as in flight.
    progress.completed += load(.completed)
    progress.failed += load(.failed)
    progress.refused += load(.refused)
    progress.offered += load(.offered)
  }

  private static func store(_ tally: Tally, as counter: Counter, in table: PrivateWordTable) {
    table[wordsPerTally * counter.rawValue].storeRelaxed(tally.packets)
    table[wordsPerTally * counter.rawValue + 1].storeRelaxed(tally.bytes)
  }

  private func load(_ counter: Counter) -> Tally {
    let table = words.table
    return Tally(
      packets: table[Self.wordsPerTally * counter.rawValue].loadRelaxed(),
      bytes: table[Self.wordsPerTally * counter.rawValue + 1].loadRelaxed())
  }
}
