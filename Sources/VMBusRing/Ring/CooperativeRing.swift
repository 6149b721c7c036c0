/// What the writers of one cooperative ring share.
///
/// The turn to publish goes round as on an ordered ring, but a writer that finishes out of turn leaves a mark and goes on;
/// whoever has the turn publishes what is marked behind it as well:
/// ```
///           turn                reserved
///             |                    |
///   ▓▓▓▓▓▓▓▓▓▓|  A  |✓ B |  C  |✓ D|     A and C are still writing, their threads perhaps preempted.
///             |          |             B's writer and D's have gone on.
///             +----------+→ A finishes: it publishes A and B with one index store, and the turn is C's.
/// ```
/// A mark is the end of the slot that starts there, as a position with its lap: it is never cleared, and one of an
/// earlier lap cannot be ahead of where the walk stands.
@usableFromInline
package final class CooperativeRing<Memory: RingMemory>: Sendable {
  /// Reservations start at multiples of 8 and take 24 bytes at least, so no two of one lap share sixteen bytes' start.
  @usableFromInline static var bytesPerMark: UInt32 { 16 }
  /// How many writers there can be.
  package static var writerLimit: Int { 1024 }

  @usableFromInline let claim: SpaceClaim<Memory>
  /// Where the slot starts whose writer is next to publish, so up to where packets are published. Odd while somebody has
  /// claimed the turn of a slot that is marked; offsets are multiples of 8.
  @usableFromInline let turn: Memory.Shared
  /// The number plus one of the writer that claimed a turn last: for a watcher.
  @usableFromInline let claimant: Memory.Shared
  @usableFromInline let marks: Memory.Table
  /// For each writer, where its last reservation starts or will: for a watcher that asks who holds everybody up.
  @usableFromInline let intents: [Memory.Shared]
  private let writerCount: Memory.Shared
  /// The name of the writer that told the reader how much room it waits for; 0 when none does.
  @usableFromInline let armer: Memory.Shared
  private let keepers: [AnyObject & Sendable]

  /// Takes over a ring as it stands. `keeper` keeps its memory.
  package init(_ memory: Memory, writerLimit: Int = 64, keeper: AnyObject & Sendable) throws(RingError) {
    precondition((1...Self.writerLimit).contains(writerLimit))
    let written = memory.writeIndex.loadRelaxed(.hint)
    guard RingArithmetic.isLegal(written, in: memory.dataByteCount) else { throw .indexOutOfRange(written) }
    let (words, wordOwner) = memory.makeWriterWords(count: 6 + writerLimit)
    let (table, tableOwner) = memory.makeWriterTable(
      count: Int((memory.dataByteCount + Self.bytesPerMark - 1) / Self.bytesPerMark))
    claim = SpaceClaim(memory: memory, reserved: words[0], closed: words[1])
    (turn, claimant, writerCount, armer) = (words[2], words[3], words[4], words[5])
    intents = Array(words[6...])
    marks = table
    keepers = [keeper, wordOwner, tableOwner]
    // Positions begin with the second lap, so that the zeroed marks are behind them.
    let start = RingPosition(word: 1 << 32 | UInt64(written))
    claim.reserved.storeRelaxed(start.word, .hint)
    turn.storeRelaxed(start.word, .hint)
  }

  /// Lets every writer go: no reservation succeeds any more. What is marked may still be published.
  package func close() { claim.closed.storeRelaxed(1, .hint) }

  /// The number of a new writer.
  fileprivate func takeWriterNumber() throws(RingError) -> Int {
    let number = Int(writerCount.addRelaxed(1, .hint))
    guard number < intents.count else { throw .tooManyWriters(limit: intents.count) }
    return number
  }

  /// Up to where packets are published.
  var published: RingPosition { RingPosition(word: turn.loadRelaxed(.hint) & ~1) }

  @inlinable @inline(__always)
  func mark(at position: RingPosition) -> Memory.Shared { marks[Int(position.offset / Self.bytesPerMark)] }
}

/// One writer of a ring that several share, none of which waits for another.
///
/// Reserve by compare-and-swap, copy; then publish if it is this slot's turn, and else leave a mark for whoever has it. A
/// preempted writer delays when the host sees later packets, and no writer.
///
/// The turn may come while the mark is made. So each side stores, passes a full fence, and looks: the writer marks and
/// looks at the turn, the publisher passes the turn and looks at the mark. At least one of them sees the other's, and
/// where both do, a compare-and-swap decides who goes on. A writer that finds the turn its own beforehand leaves no mark,
/// so nobody contends with it: alone, a write takes the two locked instructions of an ordered one.
@usableFromInline
package struct CooperativeProducer<Memory: RingMemory>: RingProducer, ~Copyable, Sendable {
  @usableFromInline let claim: SpaceClaim<Memory>
  @usableFromInline let intent: Memory.Shared
  /// This writer's number plus one.
  @usableFromInline let name: UInt64
  @usableFromInline let ring: CooperativeRing<Memory>

  @inlinable package var memory: Memory { claim.memory }

  /// One more writer. Throws where the ring has as many as it can.
  package init(_ ring: CooperativeRing<Memory>) throws(RingError) {
    let number = try ring.takeWriterNumber()
    claim = ring.claim
    intent = ring.intents[number]
    name = UInt64(number + 1)
    self.ring = ring
  }

  @inlinable
  package mutating func reserve(needed: UInt32, _ fitting: (_ free: UInt32) -> UInt32) throws(RingError)
    -> RingReservation
  {
    try claim.take(
      needed: needed, fitting: fitting, intent: { [intent] place in intent.storeRelaxed(place.word, .hint) })
  }

  @inlinable
  package mutating func commit(_ reservation: consuming RingReservation) -> Publication {
    precondition(reservation.remaining == 0, "every reserved byte is framed before it is published")
    let (start, end) = (reservation.start, reservation.end)
    reservation.settle()
    if ring.turn.loadAcquiring(.takeTurn) != start.word {
      // Nothing of the slot is touched behind this line.
      ring.mark(at: start).storeReleasing(end.word, .mark)
      memory.fence(.markThenLook)
      guard claimTurn(at: start) else { return .quiet }
    }
    return publish(from: start, to: end)
  }

  /// Takes the turn of a slot that is marked: its own writer may want it, and whoever passed the turn there.
  @inlinable @inline(__always)
  func claimTurn(at position: RingPosition) -> Bool {
    guard ring.turn.loadRelaxed(.hint) == position.word,
      ring.turn.exchangeAcquiring(expected: position.word, desired: position.word | 1, .claimTurn).exchanged
    else { return false }
    ring.claimant.storeRelaxed(name, .hint)
    return true
  }

  /// Having the turn: publishes the slot and all that are marked behind it, and passes the turn on.
  @inlinable @inline(__always)
  func publish(from start: RingPosition, to end: RingPosition) -> Publication {
    var (front, end) = (start, end)
    var publication = Publication.quiet
    while true {
      while let next = markedEnd(at: end) { end = next }
      memory.writeIndex.storeReleasing(end.offset, .publishIndex)
      ring.turn.storeReleasing(end.word, .passTurn)
      // The turn is the next slot's from here on. The fence that the question begins with stands between passing it and
      // the look at that slot's mark as well.
      if mustSignal(replaced: front.offset) { publication = .signal }
      guard markedEnd(at: end) != nil, claimTurn(at: end) else { return publication }
      front = end
    }
  }

  /// The end of the slot at `position` where its writer has finished; else nil.
  @inlinable @inline(__always)
  func markedEnd(at position: RingPosition) -> RingPosition? {
    let marked = RingPosition(word: ring.mark(at: position).loadAcquiring(.observeMark))
    return marked.isAhead(of: position) ? marked : nil
  }
}
