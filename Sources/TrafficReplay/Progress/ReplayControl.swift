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
  private let offered = SharedTally()
  private let refused = SharedTally()
  private let completed = SharedTally()
  private let failed = SharedTally()

  fileprivate init() {}

  /// Replaces what was published before.
  package func publish(offered: Tally, refused: Tally, completed: Tally, failed: Tally) {
    self.offered.store(offered)
    self.refused.store(refused)
    self.completed.store(completed)
    self.failed.store(failed)
  }

  fileprivate func add(to progress: inout ReplayProgress) {
    // Completions first: a packet that comes back between two of these reads then counts as in flight.
    progress.completed += completed.load()
    progress.failed += failed.load()
    progress.refused += refused.load()
    progress.offered += offered.load()
  }
}

private struct SharedTally: ~Copyable, Sendable {
  private let packets = Atomic<UInt64>(0)
  private let bytes = Atomic<UInt64>(0)

  borrowing func store(_ tally: Tally) {
    packets.store(tally.packets, ordering: .relaxed)
    bytes.store(tally.bytes, ordering: .relaxed)
  }

  borrowing func load() -> Tally {
    Tally(packets: packets.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed))
  }
}
