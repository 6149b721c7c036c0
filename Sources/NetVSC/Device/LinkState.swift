internal import Synchronization
internal import WireFormats

/// The link as the host tells it: asked once, and by indications since. Whoever reads the primary channel writes it, and
/// anybody reads it; each value stands by itself, so that no order is needed.
final class LinkState: Sendable {
  private let connected = Atomic<Bool>(true)
  private let indications = Atomic<UInt64>(0)

  /// Whether frames can leave. A host that does not tell has its link up.
  var isUp: Bool { connected.load(ordering: .relaxed) }

  /// How many indications came, of the link or of anything else.
  var indicationCount: UInt64 { indications.load(ordering: .relaxed) }

  /// Takes the answer to the question at the start.
  func take(_ status: MediaConnectStatus) { connected.store(status == .connected, ordering: .relaxed) }

  /// Takes an indication: that the link went up or down, or something that is only counted.
  func take(_ status: RNDISStatus) {
    indications.wrappingAdd(1, ordering: .relaxed)
    switch status {
    case .mediaConnect: connected.store(true, ordering: .relaxed)
    case .mediaDisconnect: connected.store(false, ordering: .relaxed)
    default: break
    }
  }
}
