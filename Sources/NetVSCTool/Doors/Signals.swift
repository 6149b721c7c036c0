internal import Foundation
internal import Glibc

/// What signals do to the program: the door to them.
enum Signals {
  /// A closed pipe then shows as an error of the write, which can be reported.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// From now on the first SIGINT, SIGTERM or SIGHUP calls `requestStop`, on a thread of its own; the second ends the
  /// program.
  ///
  /// A hang-up that whoever began the program chose to ignore, as nohup does, stays ignored. Call it before other threads begin: they inherit that both are blocked, so that one thread waits for them and no
  /// handler interrupts anybody.
  static func stop(by requestStop: @escaping @Sendable () -> Void) {
    // SAFETY: every call here and below gets a set of our own that outlives it, and keeps no pointer to it.
    var stops = sigset_t()
    unsafe sigemptyset(&stops)
    unsafe sigaddset(&stops, SIGINT)
    unsafe sigaddset(&stops, SIGTERM)
    if !ignoresHangUp { unsafe sigaddset(&stops, SIGHUP) }
    unsafe pthread_sigmask(SIG_BLOCK, &stops, nil)
    Thread.detachNewThread { [stops] in
      _ = wait(for: stops)
      requestStop()
      let last = wait(for: stops)
      endProgram(by: last, allowing: stops)
    }
  }

  private static var ignoresHangUp: Bool {
    var action = sigaction()
    unsafe sigaction(SIGHUP, nil, &action)
    // SAFETY: without SA_SIGINFO, which ignoring a signal excludes, this is the member of the union that counts.
    let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
    return handler == ignored
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
