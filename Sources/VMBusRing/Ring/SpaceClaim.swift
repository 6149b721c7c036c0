/// How several writers divide a ring's room among themselves: by compare-and-swap on the place where the next
/// reservation starts.
///
/// The place carries its lap, so a writer that stalled cannot mistake a ring that lapped for one that did not move.
@frozen
@usableFromInline
struct SpaceClaim<Memory: RingMemory>: Sendable {
  @usableFromInline let memory: Memory
  /// Where the next reservation starts.
  @usableFromInline let reserved: Memory.Shared
  /// Not zero once the ring is closed.
  @usableFromInline let closed: Memory.Shared

  init(memory: Memory, reserved: Memory.Shared, closed: Memory.Shared) {
    self.memory = memory
    self.reserved = reserved
    self.closed = closed
  }

  /// Takes room for the longest run of the messages that `fitting` chooses for the bytes that are free.
  ///
  /// `fitting` returns the bytes to take, at most `free - 8`; 0 where not even the first message fits. `needed` is what
  /// the error names then. `intent` is told each place that is about to be claimed.
  @inlinable @inline(__always)
  func take(
    needed: UInt32, fitting: (_ free: UInt32) -> UInt32, intent: (RingPosition) -> Void
  ) throws(RingError) -> RingReservation {
    guard needed < memory.dataByteCount else { throw .tooLarge(needed: needed, dataByteCount: memory.dataByteCount) }
    var word = reserved.loadAcquiring(.claimSpace)
    while true {
      guard closed.loadRelaxed(.hint) == 0 else { throw .closed }
      let start = RingPosition(word: word)
      let read = memory.readIndex.loadAcquiring(.observeSpace)
      guard RingArithmetic.isLegal(read, in: memory.dataByteCount) else { throw .indexOutOfRange(read) }
      let free = memory.dataByteCount - RingArithmetic.distance(from: read, to: start.offset, in: memory.dataByteCount)
      let byteCount = fitting(free)
      guard byteCount > 0 else {
        // The place may be older than the reader's index, which then makes an empty ring look full.
        let current = reserved.loadAcquiring(.claimSpace)
        if current != word {
          word = current
          continue
        }
        throw .full(needed: needed, free: free)
      }
      intent(start)
      let end = start.advanced(by: byteCount, in: memory.dataByteCount)
      let (exchanged, original) = reserved.exchangeReleasing(expected: word, desired: end.word, .claimSpace)
      if exchanged { return RingReservation(start: start, end: end, byteCount: byteCount) }
      word = original
    }
  }

  /// The room for packets, by the reader's index as it is now.
  func freeByteCount() throws(RingError) -> UInt32 {
    while true {
      let word = reserved.loadAcquiring(.claimSpace)
      let read = memory.readIndex.loadAcquiring(.observeSpace)
      guard RingArithmetic.isLegal(read, in: memory.dataByteCount) else { throw .indexOutOfRange(read) }
      // The place may be older than the reader's index, which then makes an empty ring look full.
      guard reserved.loadAcquiring(.claimSpace) == word else { continue }
      let start = RingPosition(word: word)
      return memory.dataByteCount - RingArithmetic.distance(from: read, to: start.offset, in: memory.dataByteCount)
    }
  }
}
