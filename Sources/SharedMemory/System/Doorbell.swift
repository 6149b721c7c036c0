/// A bell between two threads or two processes: it stays rung until somebody answers.
///
/// Backed by an eventfd, so it can be handed to another process. Ringing costs a system call: the ring's signalling
/// rule exists to make it rare.
package final class Doorbell: Sendable {
  /// The eventfd, for handing it to another process or to a poll loop.
  package let descriptor: Int32

  package init() throws(SystemError) {
    descriptor = try SystemCalls.makeEventCounter()
  }

  /// The bell behind a descriptor that another process handed over, which is the bell's own from now on. Throws, and leaves
  /// it to the caller, where it is no eventfd: ringing another kind of file could block.
  package init(sharing descriptor: Int32) throws(SystemError) {
    try SystemCalls.prepareEventCounter(descriptor)
    self.descriptor = descriptor
  }

  deinit { SystemCalls.closeDescriptor(descriptor) }

  /// Wakes whoever waits now, or the next one to wait.
  package func ring() { SystemCalls.addOne(toEventCounter: descriptor) }

  /// Waits at most `timeout` nanoseconds, and answers the bell if it rang. Returns whether it did.
  @discardableResult
  package func wait(timeout: UInt64) -> Bool {
    guard SystemCalls.wait(forEventCounter: descriptor, timeout: timeout) else { return false }
    SystemCalls.clear(eventCounter: descriptor)
    return true
  }
}
