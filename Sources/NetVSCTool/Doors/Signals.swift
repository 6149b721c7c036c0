internal import Foundation
internal import Glibc

/// What signals do to the program: the door to them.
enum Signals {
  /// A closed pipe then shows as an error of the write, which can be reported.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// From now on the first SIGINT or SIGTERM calls `requestStop`, on a thread of its own; the second ends the program.
  ///
  /// Call it before other threads begin: they inherit that both are blocked, so that one thread waits for them and no
  /// handler interrupts anybody.
  static func stop(by requestStop: @escaping @Sendable () -> Void) {
    // SAFETY: every call here and below gets a set of our own that outlives it, and keeps no pointer to it.
    var stops = sigset_t()
    unsafe sigemptyset(&stops)
    unsafe sigaddset(&stops, SIGINT)
    unsafe sigaddset(&stops, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &stops, nil)
    Thread.detachNewThread { [stops] in
      _ = wait(for: stops)
      requestStop()
      let last = wait(for: stops)
      endProgram(by: last, allowing: stops)
    }
  }

  private static func wait(for signals: sigset_t) -> Int32 {
    var signals = signals
    var number: Int32 = 0
    let result = unsafe sigwait(&signals, &number)
    precondition(result == 0, "sigwait fails only for signals that do not exist")
    return number
  }

  /// Ends it as the signal would have without us, which tells a shell the truth.
  private static func endProgram(by number: Int32, allowing signals: sigset_t) {
    var signals = signals
    signal(number, SIG_DFL)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(number)
  }
}
