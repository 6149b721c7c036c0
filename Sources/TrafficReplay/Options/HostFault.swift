internal import NetVSP

/// One thing that the built-in host does wrong, or does without, to see what comes of it.
package struct HostFault: Sendable, Equatable, CustomStringConvertible {
  /// What it is. The raw value is what the option takes.
  package enum Kind: String, Sendable, CaseIterable {
    /// Sub-channels from number N on do not open.
    case subchannel
    /// Nothing is completed after N messages.
    case silent
    /// Everything is completed with failure after N messages.
    case fail
    /// Nothing is read any more after N messages.
    case hang
    /// The host goes away after N messages.
    case die
    /// Nothing is completed before N messages are there, and then the latest first.
    case slow
    /// Everything is completed twice after N messages.
    case duplicate
    /// Ids that no message has are completed as well after N messages.
    case foreign
    /// No TCP packet is cut into segments.
    case noLargeSends = "no-large-sends"
    /// Only the first version of the protocol is known.
    case old
  }

  package let kind: Kind
  /// The N of the kind, where it has one.
  package let count: UInt64?

  /// Reads the textual form: `KIND` or `KIND:N`. Fails for a kind that does not exist, or whose N cannot be.
  package init?(_ description: String) {
    let parts = description.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = Kind(rawValue: String(parts[0])) else { return nil }
    self.kind = kind
    guard parts.count > 1 else {
      count = kind.usualCount
      return
    }
    guard let usual = kind.usualCount, let count = UInt64(parts[1]), count >= min(usual, 1), count <= Self.largestCount
    else { return nil }
    self.count = count
  }

  private static let largestCount: UInt64 = 1 << 32

  /// The textual form, its N included.
  package var description: String { kind.rawValue + (count.map { ":\($0)" } ?? "") }
}

extension HostFault.Kind {
  /// The N that is meant where none is given; nil where there is none. From 1 on there is no 0.
  fileprivate var usualCount: UInt64? {
    switch self {
    case .subchannel: 1
    case .slow: 64
    case .silent, .fail, .hang, .die, .duplicate, .foreign: 0
    case .noLargeSends, .old: nil
    }
  }
}

extension HostConfiguration {
  /// Has the host do wrong what `fault` says.
  mutating func add(_ fault: HostFault) {
    switch fault.kind {
    case .subchannel: faults.closedFromSubchannel = fault.count.map { Int($0) }
    case .silent: faults.silentAfter = fault.count
    case .fail: faults.failingAfter = fault.count
    case .hang: faults.hangingAfter = fault.count
    case .die: faults.dyingAfter = fault.count
    case .slow: faults.delay = fault.count
    case .duplicate: faults.duplicatingAfter = fault.count
    case .foreign: faults.inventingAfter = fault.count
    case .noLargeSends: offloads.remove(.largeSends)
    case .old: highestProtocolVersion = .version1
    }
  }
}
