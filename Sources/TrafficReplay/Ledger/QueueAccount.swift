/// Why a frame was not sent although it was offered.
package enum RefusalReason: String, Sendable, CaseIterable, Codable {
  /// Above the MTU that the device was opened with.
  case tooLarge = "too_large"
  /// Shorter than an Ethernet header.
  case tooShort = "too_short"
}

/// A counter beyond those that every queue has.
package struct NamedCounter: Sendable, Equatable {
  /// Its name in reports, in lower case with underscores.
  package let name: String
  package var value: UInt64

  package init(name: String, value: UInt64) {
    self.name = name
    self.value = value
  }
}

/// How many completions took about so long.
package struct LatencyBucket: Sendable, Equatable {
  /// The longest latency that the bucket counts, in nanoseconds.
  package let nanoseconds: UInt64
  package let count: UInt64

  package init(nanoseconds: UInt64, count: UInt64) {
    self.nanoseconds = nanoseconds
    self.count = count
  }
}

/// What became of the packets that were steered to one queue.
package struct QueueAccount: Sendable {
  package var queue: Int
  /// Packets that were given to the queue's sender.
  package var offered = Tally.zero
  package var refused = Tally.zero
  package var refusedByReason: [RefusalReason: UInt64] = [:]
  /// Packets that got room in the ring.
  package var reserved = Tally.zero
  /// Packets that the host was shown.
  package var published = Tally.zero
  /// Packets that the host completed with success.
  package var completed = Tally.zero
  /// Packets that came back with another status.
  package var failed = Tally.zero
  /// Packets still in flight when the drain timeout passed.
  package var lost = Tally.zero
  /// How often the ring had no room.
  package var ringFull: UInt64 = 0
  /// How often no section of the send buffer was free.
  package var noSection: UInt64 = 0
  /// How often the host was woken.
  package var signals: UInt64 = 0
  /// How often the host needed no waking.
  package var signalsElided: UInt64 = 0
  /// Further counters, in the order they are to be read in.
  package var counters: [NamedCounter] = []
  /// Publication to completion.
  package var latency: [LatencyBucket] = []

  package init(queue: Int) { self.queue = queue }
}
