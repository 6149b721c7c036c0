internal import VMBusRing

/// Stopping while the ring is nearly full, and going on once it is not: with a gap between, so that neither side wakes
/// the other for every message.
extension Sender {
  /// After a publication: stops when little room is left, and looks once more, since the host may have read meanwhile.
  @inline(__always)
  mutating func stopIfNearlyFull() throws(SenderError) {
    do throws(RingError) {
      guard try transmit.freeByteCount(isLooking: queue.isShared) < marks.stopBelow else { return }
      try stop()
    } catch {
      try note(error)
    }
  }

  @inline(never)
  private mutating func stop() throws(RingError) {
    // What was known may be long out of date.
    guard try transmit.freeByteCount(isLooking: true) < marks.stopBelow, inFlight.publishedCount > 0 else { return }
    isStopped = true
    counts.stops &+= 1
    try goOn()
  }

  /// Goes on, if it can, while nothing else is done with the ring.
  mutating func look() throws(SenderError) {
    do throws(RingError) {
      try goOn()
    } catch {
      try note(error)
    }
  }

  /// Goes on when there is room again, or when nothing is outstanding: then nothing would ever wake it.
  @inline(never)
  mutating func goOn() throws(RingError) {
    guard isStopped else { return }
    let free = try transmit.freeByteCount(isLooking: true)
    guard free >= marks.wakeFrom || inFlight.publishedCount == 0 else { return }
    isStopped = false
    counts.wakes &+= 1
  }

  /// Sees whether the device is to be closed.
  @inline(__always)
  mutating func noteClosing() { if queue.terms.openSenders.areClosing { isClosing = true } }
}
