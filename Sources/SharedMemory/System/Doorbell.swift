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
