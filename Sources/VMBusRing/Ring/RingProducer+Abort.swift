internal import WireFormats

extension RingProducer where Self: ~Copyable {
  /// The shortest packet that a host reads and answers without doing anything: descriptor, a message of 16 bytes, trailer.
  package static var fillerByteCount: UInt32 { 40 }

  /// Gives up what of a reservation is not framed yet, and publishes the rest.
  ///
  /// A shared ring cannot publish past a hole and has no packet that means nothing. The least harmful one says that an
  /// RNDIS message follows and names no section and no ranges: the host finds no bytes, and completes it with status 2.
  /// So `transactionID` must be one that the caller will recognise. At least `fillerByteCount` bytes must be left, or
  /// none.
  package mutating func abort(_ reservation: consuming RingReservation, transactionID: UInt64) -> Publication {
    if reservation.remaining > 0 {
      let byteCount = reservation.remaining - PacketTrailer.byteCount
      precondition(reservation.remaining >= Self.fillerByteCount, "what is left of a reservation holds a filler")
      let slot = slot(
        in: &reservation,
        for: PacketDescriptor(
          type: .dataInBand, payloadOffset: PacketDescriptor.encodedSize, byteCount: byteCount,
          completionRequested: true, transactionID: transactionID))
      let nothing = SendRNDISPacket(channelType: .data)
      slot.store(nothing.firstWord, at: 16)
      slot.store(nothing.secondWord, at: 24)
      for offset in stride(from: 32, to: byteCount, by: 8) { slot.store(0, at: offset) }
    }
    return commit(reservation)
  }
}
