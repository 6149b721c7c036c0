/// What an IP header says stands behind it.
package struct IPProtocol: WireCode {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let hopByHopOptions = Self(rawValue: 0)
  package static let tcp = Self(rawValue: 6)
  package static let udp = Self(rawValue: 17)
  package static let routing = Self(rawValue: 43)
  package static let fragment = Self(rawValue: 44)
  package static let icmpv6 = Self(rawValue: 58)
  package static let destinationOptions = Self(rawValue: 60)

  package var name: String? {
    switch self {
    case .hopByHopOptions: "hop-by-hop options"
    case .tcp: "TCP"
    case .udp: "UDP"
    case .routing: "routing"
    case .fragment: "fragment"
    case .icmpv6: "ICMPv6"
    case .destinationOptions: "destination options"
    default: nil
    }
  }
}
