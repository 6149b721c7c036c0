internal import Synchronization

/// Tells every lane of a run that it is over, because one of them found out, or the sink did.
final class RunStop: Sendable {
  private let requested = Atomic<Bool>(false)
  private let firstFailure = Mutex<RunFailure?>(nil)

  /// Relaxed: nothing is handed over by it, and a look that comes a moment late is as good.
  func request() { requested.store(true, ordering: .relaxed) }

  /// As above, because the sink can take no more.
  func request(because failure: RunFailure) {
    firstFailure.withLock { $0 = $0 ?? failure }
    request()
  }

  /// Why the sink can take no more.
  var failure: RunFailure? { firstFailure.withLock(\.self) }

  var isRequested: Bool { requested.load(ordering: .relaxed) }
}
