package import NetworkInterface
internal import PacketCapture

/// What the host does with the frames it receives.
package enum SinkChoice: Sendable, Equatable, CustomStringConvertible {
  /// Drops them.
  case null
  /// Drops them, after adding them to a digest that is compared with the sender's.
  case verify
  /// Writes them to a nanosecond pcap file; - is standard output.
  case pcap(path: String)
  /// Lets them arrive at a TAP interface, which is made for the run where there is none of the name.
  case tap(InterfaceName)
  /// Sends them from an interface.
  case interface(InterfaceName)

  /// Whether it is an interface of the system's.
  var isInterface: Bool {
    switch self {
    case .tap, .interface: true
    case .null, .verify, .pcap: false
    }
  }

  /// Whether standard output is taken by the frames.
  package var takesStandardOutput: Bool { self == .pcap(path: CaptureWriter.standardOutputPath) }

  /// Reads the textual form: `null`, `verify`, `pcap:FILE`, `tap:NAME` or `interface:NAME`. Fails for anything else, an
  /// empty FILE and a NAME that no interface can have included.
  package init?(_ description: String) {
    let parts = description.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count > 1 ? parts[1] : nil) {
    case ("null", nil): self = .null
    case ("verify", nil): self = .verify
    case ("pcap", let path?) where !path.isEmpty: self = .pcap(path: path)
    case ("tap", let text?):
      guard let name = InterfaceName(text) else { return nil }
      self = .tap(name)
    case ("interface", let text?):
      guard let name = InterfaceName(text) else { return nil }
      self = .interface(name)
    default: return nil
    }
  }

  /// The textual form.
  package var description: String {
    switch self {
    case .null: "null"
    case .verify: "verify"
    case .pcap(let path): "pcap:\(path)"
    case .tap(let name): "tap:\(name)"
    case .interface(let name): "interface:\(name)"
    }
  }
}
