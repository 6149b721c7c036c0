internal import Glibc
internal import SharedMemory

/// A crossing in a process of its own, which is ended when it takes too long: writers that wait for one another while
/// they spin may not be done in a lifetime, and a thread cannot be ended.
struct IsolatedCrossing {
  /// What of it happened.
  struct Outcome {
    let crossing: Crossing
    let nanosecondsPerMessage: Double
    /// How many messages were read before the end.
    let readCount: UInt64
  }

  /// The process ended before the messages were read.
  struct Failure: Error, CustomStringConvertible {
    let description = "the process that measures a shared ring failed"
  }

  let crossing: Crossing
  /// Nanoseconds from the first message on.
  let timeLimit: UInt64

  /// Runs the program once more, with arguments that make it run this crossing, to its end or to the limit.
  func run(_ arguments: [String], clock: MonotonicClock) throws -> Outcome {
    let ring = try BenchmarkRing()
    let child = try ChildProcess(arguments: arguments, inheriting: ring.region.descriptor)
    let launch = clock.now()
    var start: UInt64?
    while true {
      usleep(1000)
      let now = clock.now()
      // Before the words: what it stored last is seen below.
      let hasEnded = child.hasEnded
      let microseconds = ring.microseconds.loadAcquiring()
      guard microseconds == 0 else {
        return outcome(crossing.messageCount, nanoseconds: UInt64(microseconds) * 1000)
      }
      guard !hasEnded else { throw Failure() }
      if start == nil, ring.hasBegun.loadRelaxed() != 0 { start = now }
      let elapsed = now - (start ?? launch)
      if elapsed > timeLimit {
        // Nobody who began and read nothing took less than the whole time for a message.
        return outcome(UInt64(ring.readCount.loadRelaxed()), nanoseconds: elapsed)
      }
    }
  }

  private func outcome(_ readCount: UInt64, nanoseconds: UInt64) -> Outcome {
    Outcome(
      crossing: crossing, nanosecondsPerMessage: Double(nanoseconds) / Double(max(readCount, 1)), readCount: readCount)
  }
}
