internal import Dispatch
internal import Foundation
internal import Synchronization
internal import TrafficReplay

/// A run on a thread of its own, while the thread that began it looks on.
final class RunThread: Sendable {
  private let outcome = Mutex<ReplayResult?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  init(_ options: ReplayOptions, control: ReplayControl) {
    Thread.detachNewThread { [self] in
      let result = ReplayRun(options, control: control).run()
      outcome.withLock { $0 = result }
      ended.signal()
    }
  }

  /// Waits until the run has ended, but not longer than so many nanoseconds. Returns whether it has.
  func wait(atMost interval: UInt64) -> Bool {
    ended.wait(timeout: .now() + .nanoseconds(Int(interval))) == .success
  }

  /// The result of a run that has ended.
  var result: ReplayResult {
    guard let result = outcome.withLock(\.self) else { preconditionFailure("wait for the run to end first") }
    return result
  }
}
