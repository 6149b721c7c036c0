/// An IPv4 or IPv6 address.
enum IPAddress: Sendable {
  case v4(UInt32)
  case v6(UInt128)
}

/// What all packets of a flow share.
struct SampleRoute: Sendable {
  /// The MAC address of the client, in the low 48 bits.
  var clientMAC: UInt64
  /// The MAC address of the gateway, behind which the server is.
  var gatewayMAC: UInt64
  /// Of the same family as the server's.
  var client: IPAddress
  var server: IPAddress
  /// The address the client resolves by ARP.
  var gateway: UInt32
  /// The tag control information of an 802.1Q tag.
  var tag: UInt16?
  /// The IPv6 flow label, 20 bits.
  var flowLabel: UInt32

  /// The most bytes a packet may have from its IP header on, so that a frame has at most 1514.
  var longestIPPacket: Int { tag == nil ? 1500 : 1496 }

  var ipHeaderByteCount: Int {
    switch client {
    case .v4: 20
    case .v6: 40
    }
  }
}

/// A packet before it has bytes.
struct SamplePacket: Sendable {
  struct TCPFlags: OptionSet, Sendable {
    let rawValue: UInt8
    static let fin = Self(rawValue: 0x01)
    static let syn = Self(rawValue: 0x02)
    static let push = Self(rawValue: 0x08)
    static let acknowledge = Self(rawValue: 0x10)
  }

  enum Content: Sendable {
    case arpRequest
    case arpReply
    case udp
    case tcp(flags: TCPFlags, sequence: UInt32, acknowledgement: UInt32)
  }

  var content: Content
  var isFromClient: Bool
  var clientPort: UInt16 = 0
  var serverPort: UInt16 = 0
  var payloadByteCount = 0
  /// The IPv4 identification.
  var identification: UInt16 = 0
}
