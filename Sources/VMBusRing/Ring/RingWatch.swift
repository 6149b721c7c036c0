/// Why nothing more is published on a cooperative ring although there are reservations.
package struct RingStall: Equatable, Sendable {
  /// The first byte that is not published, and how many are reserved from there on.
  package let offset: UInt32
  package let byteCount: UInt32
  /// Since when it has been so, by the watcher's clock, in nanoseconds: when it was first seen.
  package let since: UInt64
  /// Writers (from 0) that may hold the first reservation: more than one only where another tried for the same place.
  /// Empty when that reservation is finished, and whoever claimed its turn hangs.
  package let writers: [Int]
  /// The writer that claimed the turn of a finished reservation; nil when nobody did.
  package let publisher: Int?

  package init(offset: UInt32, byteCount: UInt32, since: UInt64, writers: [Int], publisher: Int?) {
    self.offset = offset
    self.byteCount = byteCount
    self.since = since
    self.writers = writers
    self.publisher = publisher
  }
}

/// Finds a writer or publisher that died or hangs: looks at a ring now and then, and remembers where it stood.
///
/// A ring that stands can still be closed: no other writer waits for the one that hangs.
package struct RingWatch<Memory: RingMemory>: Sendable {
  private let ring: CooperativeRing<Memory>
  private var front: RingPosition?
  private var since: UInt64 = 0

  package init(_ ring: CooperativeRing<Memory>) { self.ring = ring }

  /// Looks at the ring. Returns a stall when the front has not moved since an earlier look, though something is reserved.
  package mutating func look(at now: UInt64) -> RingStall? {
    let turn = ring.turn.loadAcquiring(.takeTurn)
    let published = RingPosition(word: turn & ~1)
    let reserved = RingPosition(word: ring.claim.reserved.loadRelaxed(.hint))
    guard reserved.isAhead(of: published) else {
      front = nil
      return nil
    }
    guard front == published else {
      (front, since) = (published, now)
      return nil
    }
    let isClaimed = turn != published.word
    let isMarked = RingPosition(word: ring.mark(at: published).loadAcquiring(.observeMark)).isAhead(of: published)
    return RingStall(
      offset: published.offset, byteCount: reserved.distance(from: published, in: ring.claim.memory.dataByteCount),
      since: since,
      writers: isMarked
        ? [] : ring.intents.indices.filter { ring.intents[$0].loadRelaxed(.hint) == published.word },
      publisher: isClaimed ? Int(ring.claimant.loadRelaxed(.hint)) - 1 : nil)
  }
}
