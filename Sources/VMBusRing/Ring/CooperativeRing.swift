/// What the writers of one cooperative ring share.
///
/// Every finished writer leaves a mark; whoever holds the baton publishes what is marked, for all:
/// ```
///          published              reserved
///              |                      |
///   ▓▓▓▓▓▓▓▓▓▓▓|✓ A ✓|✓ B |  C  |✓ D |            C is still writing, its thread perhaps preempted.
///              |     |    |
///              +-----+----+→ the walk ends before C: A and B are published with one index store.
///                            D's writer has gone on; C's publishes both when it is done.
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
  /// Up to where packets are published. Only the holder of the baton stores it.
  @usableFromInline let published: Memory.Shared
  /// 0: nobody publishes. Else the holder's number in the upper half, and in the lower one how many writers came by
  /// since it was taken, the holder included.
  @usableFromInline let baton: Memory.Shared
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
    (published, baton, writerCount, armer) = (words[2], words[3], words[4], words[5])
    intents = Array(words[6...])
    marks = table
    keepers = [keeper, wordOwner, tableOwner]
    // Positions begin with the second lap, so that the zeroed marks are behind them.
    let start = RingPosition(word: 1 << 32 | UInt64(written))
    claim.reserved.storeRelaxed(start.word, .hint)
    published.storeRelaxed(start.word, .hint)
  }

  /// Lets every writer go: no reservation succeeds any more. What is marked may still be published.
  package func close() { claim.closed.storeRelaxed(1, .hint) }

  /// The number of a new writer.
  fileprivate func takeWriterNumber() throws(RingError) -> Int {
    let number = Int(writerCount.addAcquiringAndReleasing(1, .hint))
    guard number < intents.count else { throw .tooManyWriters(limit: intents.count) }
    return number
  }

  @inlinable @inline(__always)
  func mark(at position: RingPosition) -> Memory.Shared { marks[Int(position.offset / Self.bytesPerMark)] }
}

/// One writer of a ring that several share, none of which waits for another.
///
/// Reserve by compare-and-swap, copy, mark; then whoever finds the baton free publishes everything that is marked in a
/// row, with one index store and one decision about the doorbell. A preempted writer delays when the host sees later
/// packets, and no writer. The order of what follows a mark is carried by the baton alone: every writer changes that one
/// word after it marked, and the holder lets go of it only if nobody came by since it last looked.
@usableFromInline
package struct CooperativeProducer<Memory: RingMemory>: RingProducer, ~Copyable, Sendable {
  @usableFromInline let claim: SpaceClaim<Memory>
  @usableFromInline let intent: Memory.Shared
  /// This writer's number plus one, in the upper half.
  @usableFromInline let name: UInt64
  @usableFromInline let ring: CooperativeRing<Memory>

  @inlinable package var memory: Memory { claim.memory }

  /// One more writer. Throws where the ring has as many as it can.
  package init(_ ring: CooperativeRing<Memory>) throws(RingError) {
    let number = try ring.takeWriterNumber()
    claim = ring.claim
    intent = ring.intents[number]
    name = UInt64(number + 1) << 32
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
    // Nothing of the slot is touched behind this line.
    ring.mark(at: start).storeReleasing(end.word, .mark)
    guard var held = takeBaton() else { return .quiet }
    var mustRing = false
    while true {
      if publishMarked() { mustRing = true }
      // Let go, unless somebody came by meanwhile: its mark may be one that the walk just missed.
      let (letGo, current) = ring.baton.exchangeAcquiringAndReleasing(expected: held, desired: 0, .passBaton)
      if letGo { return mustRing ? .signal : .quiet }
      held = current
    }
  }

  /// Becomes the publisher, or leaves word for the one there is. Returns the baton as taken; nil when somebody has it.
  @inlinable @inline(__always)
  func takeBaton() -> UInt64? {
    if ring.baton.loadRelaxed(.hint) == 0 {
      let mine = name | 1
      if ring.baton.exchangeAcquiringAndReleasing(expected: 0, desired: mine, .takeBaton).exchanged { return mine }
    }
    // Where the holder let go just now, this takes the baton without a name.
    return ring.baton.addAcquiringAndReleasing(1, .takeBaton) == 0 ? 1 : nil
  }

  /// With the baton in hand: publishes all that is marked from the front on. Returns whether the reader must be told.
  @inlinable @inline(__always)
  func publishMarked() -> Bool {
    let front = RingPosition(word: ring.published.loadRelaxed(.hint))
    var end = front
    while true {
      let marked = RingPosition(word: ring.mark(at: end).loadAcquiring(.observeMark))
      guard marked.isAhead(of: end) else { break }
      end = marked
    }
    guard end != front else { return false }
    memory.writeIndex.storeReleasing(end.offset, .publishIndex)
    ring.published.storeRelaxed(end.word, .hint)
    return mustSignal(replaced: front.offset)
  }
}
