public import WireFormats

/// A packet in the ring, as its reader sees it: the descriptor is a checked copy, the rest is read word by word in place.
///
/// Each word should be loaded once, judged and used: the writer is another party and can change it at any time.
@frozen
@usableFromInline
package struct IncomingPacket<Memory: RingMemory>: ~Escapable {
  @usableFromInline let memory: Memory
  @usableFromInline let start: UInt32
  /// A copy, consistent with itself and inside the bytes that the writer published.
  @usableFromInline package let descriptor: PacketDescriptor

  @inlinable @inline(__always)
  @_lifetime(immortal)
  init(memory: Memory, start: UInt32, descriptor: PacketDescriptor) {
    self.memory = memory
    self.start = start
    self.descriptor = descriptor
  }

  /// The bytes behind the descriptor's headers, padding included.
  @inlinable @inline(__always)
  package var payloadByteCount: UInt32 { descriptor.byteCount - descriptor.payloadOffset }

  /// The word at `offset` bytes from the packet's start.
  @inlinable @inline(__always)
  package func word(at offset: UInt32) -> UInt64 {
    precondition(offset < descriptor.byteCount, "a packet's words lie inside it")
    return memory.loadWord(at: start + offset)
  }

  /// The byte at `offset`: for messages that are copied out, which are rare.
  package func byte(at offset: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: word(at: offset & ~7) >> (8 * UInt64(offset & 7)))
  }
}

/// The reading end of a ring.
///
/// It looks at the writer's index only when it has read all it knew of, and gives the space back once per batch.
@usableFromInline
package struct RingConsumer<Memory: RingMemory>: ~Copyable, Sendable {
  @usableFromInline let memory: Memory
  private let keeper: AnyObject & Sendable
  /// Our own copy of the read index as we stored it last.
  @usableFromInline var released: UInt32
  /// Where the next packet to read starts.
  @usableFromInline var head: UInt32
  /// The writer's index when we last looked.
  @usableFromInline var written: UInt32

  /// Takes over a ring as it stands. `keeper` keeps its memory.
  package init(_ memory: Memory, keeper: AnyObject & Sendable) throws(RingError) {
    let read = memory.readIndex.loadRelaxed(.hint)
    guard RingArithmetic.isLegal(read, in: memory.dataByteCount) else { throw .indexOutOfRange(read) }
    self.memory = memory
    self.keeper = keeper
    (released, head, written) = (read, read, read)
  }

  /// Reads the writer's index anew.
  @inlinable
  mutating func look() throws(RingError) {
    let index = memory.writeIndex.loadAcquiring(.observeIndex)
    guard RingArithmetic.isLegal(index, in: memory.dataByteCount) else { throw .indexOutOfRange(index) }
    // What is read and not released is ours, so no writer gets there: an index in it went back, or lapped us.
    guard
      RingArithmetic.distance(from: released, to: index, in: memory.dataByteCount)
        >= RingArithmetic.distance(from: released, to: written, in: memory.dataByteCount)
    else { throw .indexMovedBack(from: written, to: index) }
    written = index
  }

  /// The next packet, or nil when all are read. Its space stays taken until `release`.
  @inlinable @inline(__always)
  @_lifetime(&self)
  package mutating func next() throws(RingError) -> IncomingPacket<Memory>? {
    if head == written {
      // Whatever was read in this batch and not released is still the reader's: the writer cannot have passed it.
      try look()
      if head == written { return nil }
    }
    let available = RingArithmetic.distance(from: head, to: written, in: memory.dataByteCount)
    let descriptor = PacketDescriptor(
      firstWord: memory.loadWord(at: head), transactionID: memory.loadWord(at: head + 8))
    do {
      try descriptor.validate(available: available)
    } catch {
      throw .badDescriptor(error)
    }
    let start = head
    head = RingArithmetic.advance(head, by: descriptor.ringByteCount, in: memory.dataByteCount)
    return IncomingPacket(memory: memory, start: start, descriptor: descriptor)
  }

  /// Whether packets were read whose space has not been given back.
  @inlinable @inline(__always)
  package var holdsSpace: Bool { head != released }

  /// Whether there are packets to read, by a glance that costs a load. `next` judges.
  @inlinable @inline(__always)
  package var hasPackets: Bool { head != written || memory.writeIndex.loadRelaxed(.hint) != head }

  /// Gives the space of all packets read back to the writer. Returns whether the writer waits for it: then ring.
  @inlinable
  package mutating func release() -> Bool {
    guard head != released else { return false }
    let freed = RingArithmetic.distance(from: released, to: head, in: memory.dataByteCount)
    released = head
    memory.readIndex.storeReleasing(head, .releaseSpace)
    memory.fence(.releaseThenTestPending)
    // Some writers leave low bits set that mean nothing.
    let pending = memory.pendingSendSize.loadRelaxed(.hint) & ~7
    guard pending != 0 else { return false }
    let index = memory.writeIndex.loadAcquiring(.observeIndex)
    guard RingArithmetic.isLegal(index, in: memory.dataByteCount) else { return false }
    let free = memory.dataByteCount - RingArithmetic.distance(from: head, to: index, in: memory.dataByteCount)
    // Signal only the release that crosses the size: the ones before did not suffice, the ones after were not needed.
    return free > pending && (free <= freed || free - freed <= pending)
  }

  /// Tells the writer that no doorbell is needed: we look by ourselves. One that does not see it yet rings in vain.
  @inlinable
  package func mask() { memory.interruptMask.storeRelaxed(1, .hint) }

  /// Asks for a doorbell at the next packet, and looks once more. Returns whether there are packets already: then the
  /// mask is set again, and no doorbell will come.
  ///
  /// What was read is to be released before: a writer rings only where the ring was empty by the reader's index.
  package mutating func unmask() throws(RingError) -> Bool {
    assert(!holdsSpace, "release before you sleep")
    memory.interruptMask.storeRelaxed(0, .hint)
    memory.fence(.unmaskThenLook)
    try look()
    guard head != written else { return false }
    mask()
    return true
  }
}
