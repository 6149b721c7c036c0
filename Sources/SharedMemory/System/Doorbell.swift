internal import Synchronization

/// A bell between two threads or two processes: it stays rung until somebody answers.
///
/// Backed by an eventfd, so it can be handed to another process. Ringing costs a system call: the ring's signalling
/// rule exists to make it rare.
package final class Doorbell: Sendable {
  /// The longest uninterrupted wait, in nanoseconds, for a bell that another process has as well.
  private static let longestSharedWait: UInt64 = 250_000_000

  /// The eventfd.
  private let descriptor: Int32
  /// Whether another process has it as well.
  private let isShared: Atomic<Bool>

  package init() throws(SystemError) {
    descriptor = try SystemCalls.makeEventCounter()
    isShared = Atomic(false)
  }

  /// The bell behind a descriptor that another process handed over, which is the bell's own from now on. Throws, and leaves
  /// it to the caller, where it is no eventfd: ringing another kind of file could block.
  package init(sharing descriptor: Int32) throws(SystemError) {
    try SystemCalls.prepareEventCounter(descriptor)
    self.descriptor = descriptor
    isShared = Atomic(true)
  }

  deinit { SystemCalls.closeDescriptor(descriptor) }

  /// The eventfd, for handing it to another process.
  package func share() -> Int32 {
    isShared.store(true, ordering: .relaxed)
    return descriptor
  }

  /// Wakes whoever waits now, or the next one to wait.
  ///
  /// Whether calls on an eventfd block is a matter of all who have it. So one that is shared is asked first whether it is
  /// full, and has rung then: a process that filled it and had its calls block holds up nobody. What remains is one that
  /// fills it right between the two calls: the kernel has no single call for both.
  package func ring() {
    guard !isShared.load(ordering: .relaxed) || SystemCalls.hasRoom(inEventCounter: descriptor) else { return }
    SystemCalls.addOne(toEventCounter: descriptor)
  }

  /// Waits at most `timeout` nanoseconds, and answers the bell if it rang. Returns whether it did.
  @discardableResult
  package func wait(timeout: UInt64) -> Bool {
    guard SystemCalls.wait(forEventCounter: descriptor, timeout: timeout) else { return false }
    SystemCalls.clear(eventCounter: descriptor)
    return true
  }

  /// The same, or until `isOver`, which is looked at now and then: another process that shares the bell can answer it in the
  /// place of whoever waits, who would sleep for ever.
  @discardableResult
  package func wait(timeout: UInt64, until isOver: () -> Bool) -> Bool {
    guard isShared.load(ordering: .relaxed) else { return wait(timeout: timeout) }
    let start = MonotonicClock.monotonic.now()
    var waited: UInt64 = 0
    while !wait(timeout: min(timeout - waited, Self.longestSharedWait)) {
      waited = MonotonicClock.monotonic.now() - start
      guard waited < timeout, !isOver() else { return false }
    }
    return true
  }
}
