internal import SharedMemory

/// How a thread waits for another: without giving its core away where each has one of its own.
enum Patience: Sendable {
  case spinning
  case yielding

  /// For so many threads that run at a time.
  init(forThreads count: Int) { self = count <= Processors.count ? .spinning : .yielding }

  /// Binds the calling thread to the core of this number, where each thread has one of its own.
  func bindCallingThread(to core: Int) {
    if self == .spinning { Processors.bindCallingThread(to: core) }
  }

  @inline(__always)
  func wait() {
    switch self {
    case .spinning: Processors.pause()
    case .yielding: Processors.yield()
    }
  }

  /// Waits for more than one message to come, about a microsecond.
  ///
  /// A reader that looks at an empty ring without a rest takes the line of the indices away from the writer at every
  /// message: then both measure that line, whoever writes (measured: all kinds of writer take two to three times as long).
  func waitForSeveral() {
    switch self {
    case .spinning: for _ in 0..<64 { Processors.pause() }
    case .yielding: Processors.yield()
    }
  }
}
