internal import CNetVSCInterface
internal import NetVSC

/// Room that was given for a frame.
///
/// In Swift a reservation keeps its sender out of use, which C cannot; so it is given up as soon as C has the address, and
/// made anew to be committed. As nothing was done with the sender in between, that is the same room.
struct ReservedRoom {
  let byteCount: Int
  let offload: netvsc_offload
}

extension HeldSender {
  /// Makes room, and shows it to `open`.
  mutating func reserve(
    _ byteCount: Int, _ offload: netvsc_offload, _ open: (inout MutableRawSpan) -> Void
  ) -> netvsc_result {
    guard let requested = FrameOffload(offload) else { return fail(.badOffload) }
    let result = use { sender throws(SenderError) in
      do throws(ReservationRefusal) {
        var reservation = try sender.reserve(byteCount, offload: requested)
        open(&reservation.bytes)
        return NETVSC_OK
      } catch {
        guard case .wouldBlock = error else { return netvsc_result(error) }
        return netvsc_result(try sender.noRoom())
      }
    }
    if result == NETVSC_OK { room = ReservedRoom(byteCount: byteCount, offload: offload) }
    return result
  }

  /// Sends the first bytes of the room, with the offload that it was made for or another.
  mutating func commit(_ byteCount: Int, _ offload: netvsc_offload?) -> netvsc_result {
    guard let room else { return use { _ in NETVSC_ERROR_ARGUMENT } }
    guard (Sender.minimumFrameByteCount...room.byteCount).contains(byteCount) else {
      return fail(.argument("size: \(Sender.minimumFrameByteCount) to \(room.byteCount) bytes, not \(byteCount)"))
    }
    let offload = offload ?? room.offload
    guard let final = FrameOffload(offload), let requested = FrameOffload(room.offload),
      offload.partCount == room.offload.partCount
    else { return fail(.badOffload) }
    return use { sender in
      do throws(ReservationRefusal) {
        let reservation = try sender.reserve(room.byteCount, offload: requested)
        reservation.commit(byteCount: byteCount, offload: final)
        return NETVSC_OK
      } catch {
        return netvsc_result(error)
      }
    }
  }

  /// Gives up what is reserved.
  mutating func abort() -> netvsc_result { use { _ in NETVSC_OK } }
}
