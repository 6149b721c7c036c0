/// Room in a ring that one writer owns until it commits or aborts: whole packets, trailers included.
///
/// A ring cannot publish past a hole, so a reservation must be settled: dropping one is our own bug, and traps.
/// Everything that can fail comes before `reserve`, and control never returns to a caller of the engine with one open.
@frozen
@usableFromInline
package struct RingReservation: ~Copyable {
  @usableFromInline let start: RingPosition
  @usableFromInline let end: RingPosition
  /// Where the next packet goes, and how much room is left for it.
  @usableFromInline var cursor: UInt32
  @usableFromInline var remaining: UInt32
  /// All of the room, in bytes.
  @usableFromInline package let byteCount: UInt32

  @inlinable @inline(__always)
  init(start: RingPosition, end: RingPosition, byteCount: UInt32) {
    self.start = start
    self.end = end
    self.byteCount = byteCount
    cursor = start.offset
    remaining = byteCount
  }

  /// Takes the reservation out of the compiler's watch, once a producer has settled it.
  @inlinable @inline(__always)
  consuming func settle() { discard self }

  // Settling discards the value, so only a dropped one comes here; and none is empty.
  @inlinable
  deinit { precondition(byteCount == 0, "a ring reservation was dropped: commit it or abort it") }
}

/// Where one packet goes: its words are stored in place.
@frozen
@usableFromInline
package struct PacketSlot<Memory: RingMemory> {
  @usableFromInline let memory: Memory
  @usableFromInline let start: UInt32

  @inlinable @inline(__always)
  init(memory: Memory, start: UInt32) {
    self.memory = memory
    self.start = start
  }

  /// Stores the word at `offset` bytes from the packet's start, a multiple of 8.
  @inlinable @inline(__always)
  package func store(_ word: UInt64, at offset: UInt32) { memory.storeWord(word, at: start + offset) }
}
