internal import SharedMemory
internal import Synchronization

/// Tells whoever reads a capture, and may wait long for a pipe, when nothing more of it is wanted.
final class ReadingLimit: Sendable {
  private let control: ReplayControl
  private let stop: RunStop
  private let clock: MonotonicClock
  private let duration: UInt64?
  /// When the time began that packets are offered for, by the clock.
  private let start: Atomic<UInt64>

  /// The limit of a run that `control` and `stop` end, or `duration` nanoseconds from now on.
  init(_ control: ReplayControl, _ stop: RunStop, _ clock: MonotonicClock, duration: UInt64?) {
    self.control = control
    self.stop = stop
    self.clock = clock
    self.duration = duration
    start = Atomic(clock.now())
  }

  // Relaxed: the word stands for itself.

  /// Lets the time begin anew: the captures are open, and packets are offered from now on.
  func begin(at now: UInt64) { start.store(now, ordering: .relaxed) }

  /// Whether nothing more is wanted.
  var isReached: Bool {
    if control.stopRequested || stop.isRequested { return true }
    guard let duration else { return false }
    return clock.now() &- start.load(ordering: .relaxed) >= duration
  }

  /// How a capture ended that was read so far.
  var end: CaptureEnd { control.stopRequested ? .interrupted : .limit }
}
