/// What follows the addresses, or the tags, of a frame.
package struct EtherType: WireCode {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let ipv4 = Self(rawValue: 0x0800)
  package static let arp = Self(rawValue: 0x0806)
  package static let ipv6 = Self(rawValue: 0x86DD)
  /// IEEE 802.1Q.
  package static let vlanTag = Self(rawValue: 0x8100)
  /// IEEE 802.1ad, the outer of two tags.
  package static let serviceTag = Self(rawValue: 0x88A8)
  /// The outer of two tags before there was a standard for them.
  package static let legacyDoubleTag = Self(rawValue: 0x9100)

  /// Whether four bytes of tag stand here, and the frame's own type behind them.
  package var isTag: Bool { self == .vlanTag || self == .serviceTag || self == .legacyDoubleTag }

  package var name: String? {
    switch self {
    case .ipv4: "IPv4"
    case .arp: "ARP"
    case .ipv6: "IPv6"
    case .vlanTag: "802.1Q tag"
    case .serviceTag: "802.1ad tag"
    case .legacyDoubleTag: "legacy double tag"
    default: nil
    }
  }
}
