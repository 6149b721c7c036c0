/// What the bytes of a captured packet begin with, as the data link type (DLT) libpcap gives it.
package struct LinkType: RawRepresentable, Hashable, Sendable {
  package var rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }

  /// An Ethernet header, the only beginning a packet can be sent with as it is.
  package static let ethernet = Self(rawValue: 1)
  /// No header at all: the packet begins with its IPv4 or IPv6 header.
  package static let rawIP = Self(rawValue: 12)
  /// The 16-byte header of Linux "cooked" captures, as the `any` interface gives them.
  package static let linuxCooked = Self(rawValue: 113)
  /// The 20-byte header of their second version.
  package static let linuxCooked2 = Self(rawValue: 276)
  /// No header at all: the packet begins with its IPv4 header.
  package static let ipv4 = Self(rawValue: 228)
  /// No header at all: the packet begins with its IPv6 header.
  package static let ipv6 = Self(rawValue: 229)

  /// The type for a code as a capture file stores it.
  ///
  /// Files keep raw IP under a number of their own, because DLT 12 means something else on some systems. Libpcap
  /// translates it when it opens a file, but not in the text of an error.
  init(fileCode: Int32) {
    self = fileCode == 101 ? .rawIP : Self(rawValue: fileCode)
  }

  /// The name libpcap knows it by, for instance `EN10MB`; a number where libpcap has no name.
  package var name: String { LibPcap.name(ofLinkType: rawValue) ?? "DLT \(rawValue)" }

  /// For a type that cannot be sent as it is, what the owner of the capture can do; nil for Ethernet. Fits behind a
  /// semicolon.
  package var advice: String? {
    switch self {
    case .ethernet:
      nil
    case .linuxCooked:
      "give its packets an Ethernet header with --ethernet SRC,DST, or convert it with 'editcap -C 2 -T ether IN OUT' "
        + "(the MAC addresses will mean nothing)"
    case .linuxCooked2, .rawIP, .ipv4, .ipv6:
      "give its packets an Ethernet header with --ethernet SRC,DST"
    default:
      "capture on an Ethernet interface instead; 'editcap -T ether' only relabels, it gives packets no Ethernet header"
    }
  }
}

extension LinkType: CustomStringConvertible {
  /// The name with libpcap's explanation of it, for instance `EN10MB (Ethernet)`.
  package var description: String {
    guard let explanation = LibPcap.explanation(ofLinkType: rawValue) else { return name }
    return "\(name) (\(explanation))"
  }
}
