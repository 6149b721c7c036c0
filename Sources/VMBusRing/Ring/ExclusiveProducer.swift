/// The writing end of a ring that has one writer: no compare-and-swap, and the reader's index is looked at only when the
/// last look says that the ring is full.
@usableFromInline
package struct ExclusiveProducer<Memory: RingMemory>: RingProducer, ~Copyable, Sendable {
  @usableFromInline package let memory: Memory
  private let keeper: AnyObject & Sendable
  /// Our own copy of the write index: what we published. The shared word is never read back.
  @usableFromInline var published: RingPosition
  /// The room that the reader's index left when we last looked, less what we wrote since.
  @usableFromInline var free: UInt32

  /// Takes over a ring as it stands. `keeper` keeps its memory.
  package init(_ memory: Memory, keeper: AnyObject & Sendable) throws(RingError) {
    let written = memory.writeIndex.loadRelaxed(.hint)
    let read = memory.readIndex.loadAcquiring(.observeSpace)
    for index in [written, read] where !RingArithmetic.isLegal(index, in: memory.dataByteCount) {
      throw .indexOutOfRange(index)
    }
    self.memory = memory
    self.keeper = keeper
    published = RingPosition(offset: written)
    free = memory.dataByteCount - RingArithmetic.distance(from: read, to: written, in: memory.dataByteCount)
  }

  /// The room for packets at least: by the reader's index when it was last looked at.
  package var knownFreeByteCount: UInt32 { free }

  /// The room for packets, by the reader's index as it is now.
  @inlinable
  package mutating func freeByteCount() throws(RingError) -> UInt32 {
    try look()
    return free
  }

  /// Reads the reader's index anew.
  @inlinable
  mutating func look() throws(RingError) {
    let read = memory.readIndex.loadAcquiring(.observeSpace)
    guard RingArithmetic.isLegal(read, in: memory.dataByteCount) else { throw .indexOutOfRange(read) }
    let unread = RingArithmetic.distance(from: read, to: published.offset, in: memory.dataByteCount)
    // The reader only ever frees. More unread bytes than before means that its index went back, or past what we
    // published, which looks the same.
    guard memory.dataByteCount - unread >= free else {
      let before = RingArithmetic.advance(published.offset, by: free, in: memory.dataByteCount)
      throw .indexMovedBack(from: before, to: read)
    }
    free = memory.dataByteCount - unread
  }

  @inlinable
  package mutating func reserve(needed: UInt32, _ fitting: (_ free: UInt32) -> UInt32) throws(RingError)
    -> RingReservation
  {
    var byteCount = fitting(free)
    // Less than an empty ring would give: the reader may have freed more since we last looked.
    if byteCount < fitting(memory.dataByteCount) {
      try look()
      byteCount = fitting(free)
    }
    guard byteCount > 0 else {
      guard needed < memory.dataByteCount else {
        throw .tooLarge(needed: needed, dataByteCount: memory.dataByteCount)
      }
      throw .full(needed: needed, free: free)
    }
    return RingReservation(
      start: published, end: published.advanced(by: byteCount, in: memory.dataByteCount), byteCount: byteCount)
  }

  @inlinable
  package mutating func commit(_ reservation: consuming RingReservation) -> Publication {
    precondition(reservation.remaining == 0, "every reserved byte is framed before it is published")
    precondition(reservation.start == published, "one reservation is open at a time")
    let replaced = published.offset
    published = reservation.end
    free -= reservation.byteCount
    reservation.settle()
    memory.writeIndex.storeReleasing(published.offset, .publishIndex)
    return mustSignal(replaced: replaced) ? .signal : .quiet
  }

  /// Gives the room back: nobody reserved behind us, so nothing happened.
  package mutating func abort(_ reservation: consuming RingReservation) { reservation.settle() }

  /// Tells the reader how much room we wait for, and looks once more. Returns whether the room is there already.
  ///
  /// The reader promises to ring when it frees across that size. Clear it with `disarm` after waking.
  package mutating func arm(needing byteCount: UInt32) throws(RingError) -> Bool {
    memory.pendingSendSize.storeRelaxed(byteCount, .hint)
    memory.fence(.armThenLook)
    try look()
    guard free > byteCount else { return false }
    disarm()
    return true
  }

  /// No longer waits for room.
  package func disarm() { memory.pendingSendSize.storeRelaxed(0, .hint) }
}
