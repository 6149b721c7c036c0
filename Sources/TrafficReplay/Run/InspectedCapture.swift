package import PacketCapture
internal import Synchronization

/// A capture whose header was looked at before anything was sent.
struct InspectedCapture: Sendable {
  /// What can be said so far; it has a failure where the capture cannot be sent.
  let account: CaptureAccount
  /// Whether there can be a second pass over the file. A pipe gives its packets once.
  let canBeReadAgain: Bool
  /// A pipe stays open, for what was read of it would be gone.
  private let pipe: OpenPipe?

  /// Opens the capture and judges its link type.
  init(path: String) {
    var account = CaptureAccount(path: path)
    do throws(CaptureError) {
      let reader = try CaptureReader(path: path)
      account.linkType = reader.linkType.name
      if let advice = reader.linkType.advice {
        account.refuse(.linkType, "\(path): link type \(reader.linkType) cannot be sent; \(advice)")
      }
      canBeReadAgain = reader.canBeReadAgain
      pipe = canBeReadAgain ? nil : OpenPipe(reader)
    } catch {
      account.refuse(error.failure, error.description)
      canBeReadAgain = false
      pipe = nil
    }
    self.account = account
  }

  /// A reader at the beginning of the capture. Of a pipe there is one.
  func makeReader() throws(CaptureError) -> CaptureReader {
    if let reader = pipe?.take() { return reader }
    return try CaptureReader(path: account.path)
  }
}

/// The reader of a pipe, until somebody takes it.
private final class OpenPipe: Sendable {
  private let reader: Mutex<CaptureReader?>

  init(_ reader: consuming sending CaptureReader) { self.reader = Mutex(reader) }

  func take() -> CaptureReader? { reader.withLock { $0.take() } }
}

extension CaptureAccount {
  fileprivate mutating func refuse(_ failure: CaptureFailure, _ problem: String) {
    self.failure = failure
    self.problem = problem
    ended = .refused
  }

  /// Whether a later pass gave something else than the first one, which this account is of.
  func differs(from first: CaptureAccount) -> Bool {
    packets != first.packets || bytes != first.bytes || failure != first.failure
  }

  /// Says that the capture changed while it was sent again; the counts stay those of the first pass.
  mutating func change(to later: CaptureAccount) {
    ended = .damaged
    failure = later.failure ?? .readFailed
    problem =
      later.problem ?? "\(path): changed while it was sent: \(packets) packets, and \(later.packets) in a later pass"
  }

  /// Says that there is no second pass over a pipe.
  mutating func refuseAgain() {
    failure = .readFailed
    problem = "\(path): is no file that can be read twice, and too large to be kept; give a file, or send it once"
  }
}

extension CaptureError {
  /// How a run that met this error ends.
  package var failure: CaptureFailure {
    switch self {
    case .notFound: .missing
    case .isDirectory, .notReadable: .unreadable
    case .notACapture: .notACapture
    case .damaged, .secondLinkType: .damaged
    case .readFailed, .stopped, .writeFailed: .readFailed
    }
  }
}
