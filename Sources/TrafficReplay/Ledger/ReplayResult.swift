internal import HostSocket

/// What the host counted on its side of the rings.
package struct HostAccount: Sendable {
  /// Frames taken out of the rings, in the ledger's unit.
  package var received = Tally.zero
  /// Frames that the sink got.
  package var delivered = Tally.zero
  package var messages: UInt64 = 0
  /// How often it rang for the guest.
  package var doorbells: UInt64 = 0
  /// Frames that the sink had no room for at once, and that waited for it.
  package var sinkWaits: UInt64 = 0
  /// Messages that broke the protocol.
  package var violations: UInt64 = 0
  /// One line about the first thing that went wrong at the host.
  package var problem: String?

  package init() {}

  /// What a host in another process told.
  init(_ report: HostReport) {
    received = Tally(packets: report.receivedPackets, bytes: report.receivedBytes)
    delivered = Tally(packets: report.deliveredPackets, bytes: report.deliveredBytes)
    (messages, doorbells, violations) = (report.messages, report.doorbells, report.violations)
    problem = report.problem
  }
}

/// The digests over all frames that were put into rings and that were taken out of them.
package struct VerifyDigests: Sendable, Equatable {
  package var offered: UInt64
  package var received: UInt64
  package var match: Bool { offered == received }

  package init(offered: UInt64, received: UInt64) {
    self.offered = offered
    self.received = received
  }
}

/// Why a run ended before it was done. Each says in one line: what, where, what to do.
package enum RunFailure: Error, Sendable, Equatable {
  case hostWentAway(String)
  case notPermitted(String)
  case sinkFailed(String)
  case outputFailed(String)
  case internalFault(String)

  /// The line.
  package var text: String {
    switch self {
    case .hostWentAway(let text), .notPermitted(let text), .sinkFailed(let text), .outputFailed(let text),
      .internalFault(let text):
      text
    }
  }
}

/// All that a replay has to tell when it has ended.
package struct ReplayResult: Sendable {
  package var options: ReplayOptions
  /// The queues that there were: as many as were asked for, or fewer where the host opened fewer.
  package var queueCount: Int
  /// The largest frame that the device took, in bytes.
  package var frameLimit: Int
  package var captures: [CaptureAccount]
  package var queues: [QueueAccount]
  package var host: HostAccount
  /// Whether the host went away and cannot tell what it counted: `host` has nothing then.
  package var hostIsSilent = false
  /// The device's counters as `ethtool -S` names them.
  package var ethtool: [NamedCounter] = []
  /// Nil unless the sink verifies.
  package var verify: VerifyDigests?
  /// As many passes over the captures as have the packets that were offered, the last one perhaps in part.
  package var loops: UInt64
  /// From the first offer to the last completion, in nanoseconds.
  package var elapsed: UInt64
  /// From the first departure to the last, in nanoseconds.
  package var departureSpan: UInt64
  /// How the pace was kept; nil at top speed, and where nothing left.
  package var pacing: PaceAccount?
  /// Whether a stop was requested from outside.
  package var interrupted: Bool
  package var failure: RunFailure?
  /// How often the host went away and came back.
  package var reconnections = 0
  /// What a reader should know although nothing is wrong with it, one line each.
  package var notes: [String] = []

  package init(
    options: ReplayOptions, captures: [CaptureAccount] = [], queues: [QueueAccount] = [],
    host: HostAccount = HostAccount(), verify: VerifyDigests? = nil, loops: UInt64 = 0, elapsed: UInt64 = 0,
    departureSpan: UInt64 = 0, interrupted: Bool = false, failure: RunFailure? = nil
  ) {
    self.options = options
    queueCount = options.queueCount
    frameLimit = options.frameLimit
    self.captures = captures
    self.queues = queues
    self.host = host
    self.verify = verify
    self.loops = loops
    self.elapsed = elapsed
    self.departureSpan = departureSpan
    self.interrupted = interrupted
    self.failure = failure
  }

  /// The time from the first offer to the last completion, in seconds.
  package var seconds: Double { Double(elapsed) / 1e9 }

  /// Completed packets in a second, draining included; 0 for a run that took no time.
  package var packetsPerSecond: Double { rate(of: ledger.completed.packets) }

  /// Completed bits in a second, draining included; 0 for a run that took no time.
  package var bitsPerSecond: Double { rate(of: ledger.completed.bytes) * 8 }

  /// The pace of the departures alone; nil with fewer than two of them, or when they took no time.
  package var departuresPerSecond: Double? {
    let departures = ledger.published.packets
    guard departures > 1, departureSpan > 0 else { return nil }
    return Double(departures - 1) / (Double(departureSpan) / 1e9)
  }

  /// The pace that was asked for, as packets a second: of a pace that goes by bits or by time, that of what left. Nil at
  /// top speed, and where that would take two packets that leave apart.
  package var askedPerSecond: Double? {
    if case .packets(let rate) = options.pace { return rate.value }
    guard let pacing, pacing.packetCount > 1, pacing.span > 0 else { return nil }
    return Double(pacing.packetCount - 1) / (Double(pacing.span) / 1e9)
  }

  private func rate(of amount: UInt64) -> Double { elapsed > 0 ? Double(amount) / seconds : 0 }
}
