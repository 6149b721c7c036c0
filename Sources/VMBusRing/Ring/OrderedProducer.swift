/// What the writers of one ordered ring share.
@usableFromInline
package final class OrderedRing<Memory: RingMemory>: Sendable {
  @usableFromInline let memory: Memory
  /// Where the next reservation starts.
  @usableFromInline let reserved: Memory.Shared
  /// Up to where packets are published, in our own memory: a turn that the reader could write would let it stop or
  /// misorder every writer.
  @usableFromInline let published: Memory.Shared
  /// Not zero once the ring is closed.
  @usableFromInline let closed: Memory.Shared
  private let keepers: [AnyObject & Sendable]

  /// Takes over a ring as it stands. `keeper` keeps its memory.
  package init(_ memory: Memory, keeper: AnyObject & Sendable) throws(RingError) {
    let written = memory.writeIndex.loadRelaxed(.hint)
    guard RingArithmetic.isLegal(written, in: memory.dataByteCount) else { throw .indexOutOfRange(written) }
    let (words, owner) = memory.makeWriterWords(count: 3)
    self.memory = memory
    (reserved, published, closed) = (words[0], words[1], words[2])
    keepers = [keeper, owner]
    reserved.storeRelaxed(RingPosition(offset: written).word, .hint)
    published.storeRelaxed(RingPosition(offset: written).word, .hint)
  }

  /// Lets every waiting writer go: what it had not published stays unpublished, and no reservation succeeds any more.
  package func close() { closed.storeRelaxed(1, .hint) }
}

/// One writer of a ring that several share: reserve by compare-and-swap, copy, publish in the order of reservation.
///
/// Each writer waits until all earlier ones have published, so a writer that is preempted between reservation and
/// publication holds up all later ones. It is the algorithm that the lockless VMBus ring began with, with two mends:
/// positions carry their lap, so a stalled writer cannot mistake a ring that lapped for one that did not move; and the
/// turn is taken by a private word, so the reader cannot touch it.
@usableFromInline
package struct OrderedProducer<Memory: RingMemory>: RingProducer, ~Copyable, Sendable {
  @usableFromInline let claim: SpaceClaim<Memory>
  @usableFromInline let published: Memory.Shared
  private let ring: OrderedRing<Memory>

  @inlinable package var memory: Memory { claim.memory }

  package init(_ ring: OrderedRing<Memory>) {
    claim = SpaceClaim(memory: ring.memory, reserved: ring.reserved, closed: ring.closed)
    published = ring.published
    self.ring = ring
  }

  /// The room for packets, by the reader's index as it is now.
  package func freeByteCount() throws(RingError) -> UInt32 { try claim.freeByteCount() }

  @inlinable
  package mutating func reserve(needed: UInt32, _ fitting: (_ free: UInt32) -> UInt32) throws(RingError)
    -> RingReservation
  {
    try claim.take(needed: needed, fitting: fitting, intent: { _ in })
  }

  @inlinable
  package mutating func commit(_ reservation: consuming RingReservation) -> Publication {
    precondition(reservation.remaining == 0, "every reserved byte is framed before it is published")
    let (start, end) = (reservation.start, reservation.end)
    reservation.settle()
    while published.loadAcquiring(.takeTurn) != start.word {
      if claim.closed.loadRelaxed(.hint) != 0 { return .closed }
      memory.pause()
    }
    memory.writeIndex.storeReleasing(end.offset, .publishIndex)
    published.storeReleasing(end.word, .passTurn)
    return mustSignal(replaced: start.offset) ? .signal : .quiet
  }
}
