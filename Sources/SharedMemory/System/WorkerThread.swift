internal import CPlatform
internal import Glibc

final class ThreadBody: Sendable {
  private let work: @Sendable () -> Void
  init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  func run() { work() }
}

/// A thread of the system's, for work that blocks or spins: both would starve a cooperative pool.
///
/// Join it, once: what it works on lives until then.
package final class WorkerThread: Sendable {
  private let thread: pthread_t

  package init(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
    thread = try SystemCalls.startThread(ThreadBody(work))
  }

  /// Waits for the thread's work to end. Only once, and not from the thread itself.
  package func join() { SystemCalls.join(thread) }

  /// Lets the calling thread sleep, for so many nanoseconds or until a signal comes.
  package static func sleep(_ nanoseconds: UInt64) { SystemCalls.sleep(nanoseconds) }
}

/// The processors that this process may use.
package enum Processors {
  /// How many there are.
  package static var count: Int { SystemCalls.usableCPUCount }

  /// Binds the calling thread to one of them, counted from 0 and around. Returns false where the system refuses.
  @discardableResult
  package static func bindCallingThread(to index: Int) -> Bool {
    SystemCalls.bindCallingThread(toCPU: SystemCalls.usableCPU(at: index % count))
  }

  /// Tells the core that the calling thread spins.
  package static func pause() { platform_pause() }

  /// Lets another thread have the calling thread's core.
  package static func yield() { sched_yield() }

  /// How often the calling thread was made to leave its core.
  package static var preemptionCount: Int { SystemCalls.callingThreadPreemptionCount }
}
