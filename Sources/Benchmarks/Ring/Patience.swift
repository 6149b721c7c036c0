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
}
