internal import Synchronization

/// Whether somebody asked to stop: asked on one thread, seen on another.
final class StopRequest: Sendable {
  private let made = Atomic<Bool>(false)

  // Relaxed: no memory is handed over by it, and a look that comes a moment late is as good.

  func make() { made.store(true, ordering: .relaxed) }

  var isMade: Bool { made.load(ordering: .relaxed) }
}
