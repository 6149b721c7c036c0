package import PacketCapture
internal import Synchronization

/// A capture whose header was looked at before anything was sent.
struct InspectedCapture: Sendable {
  /// What can be said so far; it has a failure where the capture cannot be sent.
  let account: CaptureAccount
  /// Whether there can be a second pass over the file. A pipe gives its packets once.
  let canBeReadAgain: Bool
  /// The size of the file, where that tells how much memory its packets take.
  let fileByteCount: Int?
  /// A pipe stays open, for what was read of it would be gone.
  private let pipe: OpenPipe?

  private let ethernet: EthernetAddresses?
  /// When nothing more of it is wanted.
  let limit: ReadingLimit

  /// Opens the capture and judges its link type, which `ethernet` makes up for where it can, and whether the filter
  /// fits it.
  init(
    path: String, _ selection: PacketSelection = .all, ethernet: EthernetAddresses? = nil, limit: ReadingLimit
  ) {
    var account = CaptureAccount(path: path)
    self.ethernet = ethernet
    self.limit = limit
    do throws(CaptureError) {
      let reader = try Self.open(path, ethernet, limit)
      account.linkType = reader.linkType.name
      if let advice = reader.linkType.advice, !reader.isFraming {
        account.refuse(.linkType, "\(reader.path): link type \(reader.linkType) cannot be sent; \(advice)")
      } else {
        _ = try PacketChoice(selection, of: reader)
      }
      canBeReadAgain = reader.canBeReadAgain
      fileByteCount = reader.fileByteCount
      pipe = canBeReadAgain ? nil : OpenPipe(reader)
    } catch {
      if case .stopped = error {
        account.ended = limit.end
      } else {
        account.refuse(error.failure, error.description)
      }
      canBeReadAgain = false
      fileByteCount = nil
      pipe = nil
    }
    self.account = account
  }

  /// A reader at the beginning of the capture. Of a pipe there is one.
  func makeReader() throws(CaptureError) -> CaptureReader {
    if let reader = pipe?.take() { return reader }
    return try Self.open(account.path, ethernet, limit)
  }

  private static func open(
    _ path: String, _ ethernet: EthernetAddresses?, _ limit: ReadingLimit
  ) throws(CaptureError) -> CaptureReader {
    try CaptureReader(path: path, ethernet: ethernet, isStopped: { limit.isReached })
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

  /// Whether a later pass gave something else than the first one, which `first` is of.
  func differs(from first: CaptureAccount) -> Bool {
    packets != first.packets || skipped != first.skipped || bytes != first.bytes || failure != first.failure
  }

  /// Says that the capture changed while it was sent again; the counts stay those of the first pass.
  mutating func change(to later: CaptureAccount) {
    ended = .damaged
    failure = later.failure ?? .readFailed
    problem =
      later.problem ?? "\(path): changed while it was sent: \(packets) packets, and \(later.packets) in a later pass"
  }

  /// Says why there are no more packets.
  mutating func breakOff(_ error: CaptureError, at limit: ReadingLimit) {
    if case .stopped = error {
      ended = limit.end
    } else {
      ended = .damaged
      failure = error.failure
      problem = error.description
    }
  }

  /// Says that there is no second pass over a pipe.
  mutating func refuseAgain(isVaried: Bool) {
    failure = .readFailed
    let reason = isVaried ? "as --vary needs" : "and too large to be kept"
    let name = CaptureReader.name(ofPath: path)
    problem = "\(name): is no file that can be read twice, \(reason); give a file, or send it once"
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
    case .filterUnfit: .filterUnfit
    case .readFailed, .stopped, .writeFailed: .readFailed
    }
  }
}
