/// How far a running replay has come.
package struct ReplayProgress: Sendable, Equatable {
  package var offered = Tally.zero
  package var refused = Tally.zero
  package var completed = Tally.zero
  package var failed = Tally.zero
  /// How many packets the run will offer, when that is known.
  package var expectedPackets: UInt64?

  package init() {}

  /// Packets that were accepted.
  package var sentPackets: UInt64 { difference(offered.packets, refused.packets) }

  /// Packets that were accepted and have not come back.
  package var packetsInFlight: UInt64 { difference(sentPackets, completed.packets + failed.packets) }

  /// The counters are read one after the other while they move, so a later one can be ahead of an earlier one.
  private func difference(_ whole: UInt64, _ part: UInt64) -> UInt64 { whole > part ? whole - part : 0 }
}
