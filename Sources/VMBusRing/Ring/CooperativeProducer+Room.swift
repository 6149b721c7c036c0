/// What a writer without room does next.
package enum RoomAnswer: Equatable, Sendable {
  /// There is room after all: reserve.
  case room
  /// The reader was told, and rings when it has freed enough: sleep until then, disarm, and ask again.
  case armed
  /// Another writer waits for the reader already: sleep until it is done, and ask again.
  case queued
}

extension CooperativeProducer {
  /// The room for packets, by the reader's index as it is now.
  package func freeByteCount() throws(RingError) -> UInt32 { try claim.freeByteCount() }

  /// Tells the reader how much room this writer waits for, and looks once more. One writer at a time can.
  ///
  /// The reader measures from the index it was given, the writer from the last reservation; what lies between is added,
  /// so that the reader's signal means room for the writer. Reservations that others make once it sleeps are no matter: it
  /// asks again after waking.
  package mutating func arm(needing byteCount: UInt32) throws(RingError) -> RoomAnswer {
    guard byteCount < memory.dataByteCount else {
      throw .tooLarge(needed: byteCount, dataByteCount: memory.dataByteCount)
    }
    guard claim.closed.loadRelaxed(.hint) == 0 else { throw .closed }
    let (isMine, holder) = ring.armer.exchangeAcquiring(expected: 0, desired: name, .takeRoom)
    guard isMine || holder == name else {
      return try freeByteCount(behind: claim.reserved.loadAcquiring(.claimSpace)) ?? 0 > byteCount ? .room : .queued
    }
    do throws(RingError) {
      return try tellAndLook(needing: byteCount)
    } catch {
      // Nobody is to wait for a writer that went away.
      disarm()
      throw error
    }
  }

  /// Having `armer`: tells the reader how much room is needed until what it was told and what we look at are by one place.
  private func tellAndLook(needing byteCount: UInt32) throws(RingError) -> RoomAnswer {
    while true {
      let word = claim.reserved.loadAcquiring(.claimSpace)
      let (published, reserved) = (ring.published, RingPosition(word: word))
      let unpublished =
        reserved.isAhead(of: published) ? reserved.distance(from: published, in: memory.dataByteCount) : 0
      // Never more than an empty ring can give, or the signal would never come.
      let needed = min(UInt64(byteCount) + UInt64(unpublished), UInt64(memory.dataByteCount) - 8)
      memory.pendingSendSize.storeRelaxed(UInt32(needed), .hint)
      memory.fence(.armThenLook)
      // What the reader was told and what we look at are by one place, or it may have crossed the size already.
      guard let free = try freeByteCount(behind: word) else { continue }
      guard free > byteCount else { return .armed }
      disarm()
      return .room
    }
  }

  /// No longer waits for the reader; somebody else may now.
  package func disarm() {
    memory.pendingSendSize.storeRelaxed(0, .hint)
    ring.armer.storeReleasing(0, .passRoom)
  }

  /// The room that the reader's index leaves behind the last reservation, if that still ends at `place`: an older place
  /// than the reader's index makes an empty ring look full.
  private func freeByteCount(behind place: UInt64) throws(RingError) -> UInt32? {
    let read = memory.readIndex.loadAcquiring(.observeSpace)
    guard RingArithmetic.isLegal(read, in: memory.dataByteCount) else { throw .indexOutOfRange(read) }
    guard claim.reserved.loadAcquiring(.claimSpace) == place else { return nil }
    return memory.dataByteCount
      - RingArithmetic.distance(from: read, to: RingPosition(word: place).offset, in: memory.dataByteCount)
  }
}
