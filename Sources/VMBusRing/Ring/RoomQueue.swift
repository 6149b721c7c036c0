package import SharedMemory
internal import Synchronization

/// Where the writers of a shared ring sleep until there is room: the first tells the reader and waits for its doorbell,
/// the others wait for the first, in the order they came.
package final class RoomQueue: Sendable {
  /// A writer's own bell in the queue.
  package final class Waiter: Sendable {
    fileprivate let bell: Doorbell
    package init() throws(SystemError) { bell = try Doorbell() }
  }

  private let waiters = Mutex<[Waiter]>([])

  package init() {}

  /// Sleeps until the ring has room for `byteCount` bytes of packets, or `timeout` nanoseconds have passed. Returns whether
  /// there was room; others may have taken it meanwhile.
  ///
  /// `readerBell` is what the reader rings for this ring's writers. Throws when the ring is closed or broken.
  package func wait<Memory: RingMemory>(
    for byteCount: UInt32, on producer: inout CooperativeProducer<Memory>, as waiter: Waiter, readerBell: Doorbell,
    timeout: UInt64, clock: MonotonicClock
  ) throws(RingError) -> Bool {
    let start = clock.now()
    defer { leave(waiter) }
    while true {
      // In the queue first, and then a look: whoever leaves finds us there, or we find its place free.
      waiters.withLock { waiters in
        if !waiters.contains(where: { $0 === waiter }) { waiters.append(waiter) }
      }
      let answer = try producer.arm(needing: byteCount)
      let elapsed = clock.now() &- start
      switch answer {
      case .room: return true
      case .armed:
        if elapsed < timeout { readerBell.wait(timeout: timeout - elapsed) }
        producer.disarm()
      case .queued:
        if elapsed < timeout { waiter.bell.wait(timeout: timeout - elapsed) }
      }
      if elapsed >= timeout { return false }
    }
  }

  /// Wakes every waiter, which then finds that the ring was closed. (The one that waits for the reader is woken by the
  /// reader's bell.)
  package func wakeAll() {
    for waiter in waiters.withLock(\.self) { waiter.bell.ring() }
  }

  /// Takes the waiter out, and wakes the one that has waited longest.
  private func leave(_ waiter: Waiter) {
    let next = waiters.withLock { waiters in
      waiters.removeAll { $0 === waiter }
      return waiters.first
    }
    next?.bell.ring()
  }
}
