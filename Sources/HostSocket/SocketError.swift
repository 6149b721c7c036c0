public import SharedMemory

/// Why a socket between a guest and a host cannot be used.
public enum SocketError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No host listens at the path.
  case nobodyListens(path: String)
  /// Another host listens at the path.
  case isInUse(path: String)
  /// At the path is something else, which is left alone.
  case isNoSocket(path: String)
  /// The socket, or its folder, is somebody else's.
  case notPermitted(path: String)
  /// The host would not serve the guest, for this reason, or spoke nonsense.
  case refused(path: String, reason: String)
  /// The system failed otherwise.
  case failed(path: String, SystemError)

  /// What is wrong, where, and what to do, in one line.
  public var description: String {
    switch self {
    case .nobodyListens(let path): "\(path): no host listens there; start one with 'netvsc host --socket \(path)'"
    case .isInUse(let path): "\(path): another host listens there; end it, or choose another path"
    case .isNoSocket(let path): "\(path): it exists and is no socket; choose another path"
    case .notPermitted(let path): "\(path): not permitted; a host's socket is for the user who started it"
    case .refused(let path, let reason): "\(path): the host there refused: \(reason)"
    case .failed(let path, let error): "\(path): \(error)"
    }
  }

  init(_ error: SystemError, at path: String) {
    self =
      if error.meansNobodyListens { .nobodyListens(path: path) } else if error.isForbidden {
        .notPermitted(path: path)
      } else { .failed(path: path, error) }
  }
}
