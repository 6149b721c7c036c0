internal import PacketCapture

/// What the host does with the frames it receives.
package enum SinkChoice: Sendable, Equatable, CustomStringConvertible {
  /// Drops them.
  case null
  /// Drops them, after adding them to a digest that is compared with the sender's.
  case verify
  /// Writes them to a nanosecond pcap file; - is standard output.
  case pcap(path: String)

  /// Whether standard output is taken by the frames.
  package var takesStandardOutput: Bool { self == .pcap(path: CaptureWriter.standardOutputPath) }

  private static let pcapPrefix = "pcap:"

  /// Reads the textual form: `null`, `verify` or `pcap:FILE`. Fails for anything else, an empty FILE included.
  package init?(_ description: String) {
    switch description {
    case "null": self = .null
    case "verify": self = .verify
    default:
      let path = description.dropFirst(Self.pcapPrefix.count)
      guard description.hasPrefix(Self.pcapPrefix), !path.isEmpty else { return nil }
      self = .pcap(path: String(path))
    }
  }

  /// The textual form.
  package var description: String {
    switch self {
    case .null: "null"
    case .verify: "verify"
    case .pcap(let path): Self.pcapPrefix + path
    }
  }
}
