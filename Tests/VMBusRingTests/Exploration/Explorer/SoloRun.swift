/// Answers a thread that runs on alone, in a copy of memory that is thrown away.
final class SoloRun {
  let port: ModelPort
  private let state: ModelState
  private let thread: Int
  /// Ends the waiting of the code that is explored, as closing a ring does.
  private let close: () -> Void
  private var isClosed = false

  init(port: ModelPort, state: ModelState, thread: Int, close: @escaping () -> Void) {
    self.port = port
    self.state = state
    self.thread = thread
    self.close = close
  }

  /// The answer to an operation whose loads see the newest. One that would wait answers `SoloRun.givenUp`.
  func answer(_ operation: ModelOperation) -> UInt64 {
    switch operation {
    case .sleep: return Self.givenUp
    case .pause:
      precondition(!isClosed, "whoever waits heeds a closed ring")
      isClosed = true
      port.run(close, answer: { [self] in play($0) })
      return Self.givenUp
    default: return play(operation)
    }
  }

  private func play(_ operation: ModelOperation) -> UInt64 {
    // What is wrong with a step shows where it is explored.
    (try? state.perform(operation, age: 0, by: thread)) ?? 0
  }

  /// The answer of a wait that nobody ends: what runs now is not explored.
  static let givenUp = UInt64.max
}
