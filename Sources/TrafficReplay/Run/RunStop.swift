internal import Synchronization

/// Tells every lane of a run that it is over, because one of them found out.
final class RunStop: Sendable {
  private let requested = Atomic<Bool>(false)

  /// Relaxed: nothing is handed over by it, and a look that comes a moment late is as good.
  func request() { requested.store(true, ordering: .relaxed) }

  var isRequested: Bool { requested.load(ordering: .relaxed) }
}
