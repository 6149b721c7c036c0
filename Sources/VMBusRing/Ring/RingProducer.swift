public import WireFormats

/// What a publication asks of the writer.
@frozen
@usableFromInline
package enum Publication: Equatable, Sendable {
  /// The reader is awake or has unread packets.
  case quiet
  /// The ring was empty and its reader wants to be told: ring the doorbell, once, after the last publication of a burst.
  case signal
  /// The ring was closed while waiting to publish; the packets may never be read.
  case closed
}

/// A way to own the writing end of a ring. Which one is a type, so that no packet pays for the choice.
@usableFromInline
package protocol RingProducer: ~Copyable {
  associatedtype Memory: RingMemory

  var memory: Memory { get }

  /// Takes room for whole packets, trailers included: as many bytes as `fitting` says for the bytes that are free.
  ///
  /// At most `free - 8`, and 0 where not even the first packet fits, which takes `needed` bytes: then nothing happens
  /// but the error.
  mutating func reserve(needed: UInt32, _ fitting: (_ free: UInt32) -> UInt32) throws(RingError) -> RingReservation

  /// Makes the packets visible to the reader.
  mutating func commit(_ reservation: consuming RingReservation) -> Publication
}

extension RingProducer where Self: ~Copyable {
  /// Takes room for packets of `byteCount` bytes together: all of it or nothing.
  @inlinable @inline(__always)
  package mutating func reserve(_ byteCount: UInt32) throws(RingError) -> RingReservation {
    assert(byteCount % 8 == 0 && byteCount >= 24)
    return try reserve(needed: byteCount) { free in free > byteCount ? byteCount : 0 }
  }

  /// A burst: takes room for as many of `count` packets of `packetByteCount` bytes as fit now, at least one.
  @inlinable @inline(__always)
  package mutating func reserve(upTo count: Int, of packetByteCount: UInt32) throws(RingError) -> RingReservation {
    precondition(count > 0)
    return try reserve(needed: packetByteCount) { free in
      // Eight bytes stay free; whole packets only.
      UInt32(min(UInt64(count), UInt64((free - 8) / packetByteCount))) * packetByteCount
    }
  }

  /// A burst of packets of different sizes: takes room for as many of them as fit now, in their order, at least one.
  @inlinable
  package mutating func reserve(upTo packetByteCounts: Span<UInt32>) throws(RingError) -> RingReservation {
    precondition(!packetByteCounts.isEmpty)
    return try reserve(needed: packetByteCounts[0]) { free in
      var sum: UInt32 = 0
      for index in packetByteCounts.indices {
        guard free - sum > packetByteCounts[index] else { break }
        sum += packetByteCounts[index]
      }
      return sum
    }
  }

  /// The next packet's place in the reservation. Its trailer is written here; the caller stores every other word.
  @inlinable @inline(__always)
  package func slot(in reservation: inout RingReservation, for descriptor: PacketDescriptor) -> PacketSlot<Memory> {
    let byteCount = descriptor.ringByteCount
    precondition(byteCount <= reservation.remaining, "the packets fit the reservation")
    let slot = PacketSlot(memory: memory, start: reservation.cursor)
    slot.store(descriptor.firstWord, at: 0)
    slot.store(descriptor.transactionID, at: 8)
    slot.store(PacketTrailer.word(packetStart: reservation.cursor), at: byteCount - PacketTrailer.byteCount)
    reservation.cursor = RingArithmetic.advance(reservation.cursor, by: byteCount, in: memory.dataByteCount)
    reservation.remaining -= byteCount
    return slot
  }

  /// Frames the reservation's next packet, descriptor included, when its size is known beforehand: `words` are all of it
  /// but the trailer.
  @inlinable @inline(__always)
  package func frame<let count: Int>(_ words: InlineArray<count, UInt64>, in reservation: inout RingReservation) {
    let byteCount = UInt32(8 * count) + PacketTrailer.byteCount
    precondition(byteCount <= reservation.remaining, "the packets fit the reservation")
    let start = reservation.cursor
    memory.storePacket(words, trailer: PacketTrailer.word(packetStart: start), at: start)
    reservation.cursor = RingArithmetic.advance(start, by: byteCount, in: memory.dataByteCount)
    reservation.remaining -= byteCount
  }

  /// Whether the reader must be told, after `replaced` gave way to a new write index.
  ///
  /// The reader promises to look at the write index once more after it clears its mask. So either it sees the new index
  /// there, or we see the cleared mask here, and the read index that it went to sleep with: both are behind its fence. Only
  /// the writer that ends an emptiness signals. `replaced` is the index that this very publication replaced.
  @inlinable @inline(__always)
  func mustSignal(replaced: UInt32) -> Bool {
    memory.fence(.publishThenTestMask)
    guard memory.interruptMask.loadRelaxed(.hint) == 0 else { return false }
    return memory.readIndex.loadRelaxed(.hint) == replaced
  }
}

extension PacketSlot {
  /// Stores a payload from `offset` on, zero-padded to the packet's end.
  package func store(_ payload: RawSpan, from offset: UInt32, to end: UInt32) {
    var at = offset
    var read = 0
    while at < end {
      var word: UInt64 = 0
      if read + 8 <= payload.byteCount {
        word = payload.loadLittleEndian(at: read, as: UInt64.self)
      } else {
        for index in read..<max(read, payload.byteCount) {
          word |= UInt64(payload.loadLittleEndian(at: index, as: UInt8.self)) << (8 * UInt64(index - read))
        }
      }
      store(word, at: at)
      at += 8
      read += 8
    }
  }
}

extension RingProducer where Self: ~Copyable {
  /// Writes one whole packet from bytes: for control messages, which are rare.
  package mutating func write(
    _ type: VMBusPacketType, header: RawSpan? = nil, payload: RawSpan, transactionID: UInt64,
    completionRequested: Bool
  ) throws(RingError) -> Publication {
    let payloadOffset = 16 + (header?.byteCount ?? 0)
    let descriptor = PacketDescriptor(
      type: type, payloadOffset: UInt32(payloadOffset),
      byteCount: UInt32((payloadOffset + payload.byteCount + 7) / 8 * 8),
      completionRequested: completionRequested, transactionID: transactionID)
    var reservation = try reserve(descriptor.ringByteCount)
    let slot = slot(in: &reservation, for: descriptor)
    if let header { slot.store(header, from: 16, to: descriptor.payloadOffset) }
    slot.store(payload, from: descriptor.payloadOffset, to: descriptor.byteCount)
    return commit(reservation)
  }
}
