internal import SharedMemory
internal import Synchronization

/// The senders of a device that are not finished, and whether they should be.
final class OpenSenders: Sendable {
  private let count = Mutex(0)
  private let closing = Atomic(false)
  /// Rung by each that finishes.
  private let bell: Doorbell

  init() throws(SystemError) { bell = try Doorbell() }

  /// Whether the device waits for its senders to finish. Relaxed: a sender that sees it a burst later is as good.
  @inline(__always)
  var areClosing: Bool { closing.load(ordering: .relaxed) }

  /// One more; false where no more are to come.
  func enter() -> Bool {
    count.withLock { count in
      guard !areClosing else { return false }
      count += 1
      return true
    }
  }

  func leave() {
    count.withLock { $0 -= 1 }
    bell.ring()
  }

  /// Lets no more come.
  func beginClosing() { count.withLock { _ in closing.store(true, ordering: .relaxed) } }

  /// Waits, at most `timeout` nanoseconds, until none is left. Returns whether none is.
  func waitForAll(timeout: UInt64, _ clock: MonotonicClock) -> Bool {
    let start = clock.now()
    while count.withLock({ $0 }) > 0 {
      let elapsed = clock.now() &- start
      guard elapsed < timeout else { return false }
      bell.wait(timeout: timeout - elapsed)
    }
    return true
  }
}
