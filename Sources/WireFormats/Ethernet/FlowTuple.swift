/// What tells one flow of IP packets from another: addresses, and ports when a packet has any that can be trusted.
package struct FlowTuple: Hashable, Sendable {
  /// Which of the two protocols the addresses are of.
  package enum IPVersion: Sendable { case v4, v6 }

  /// The ends of a TCP or UDP flow within its hosts.
  package struct Ports: Hashable, Sendable {
    package let source: UInt16
    package let destination: UInt16

    package init(source: UInt16, destination: UInt16) {
      self.source = source
      self.destination = destination
    }
  }

  package let version: IPVersion
  /// As a number; an IPv4 address in the low 32 bits.
  package let source: UInt128
  /// As a number; an IPv4 address in the low 32 bits.
  package let destination: UInt128
  /// The ports of TCP and UDP. nil for other protocols, for every fragment (only the first one has ports, and all must
  /// take one way), and for headers that are not whole.
  package let ports: Ports?

  package init(version: IPVersion, source: UInt128, destination: UInt128, ports: Ports?) {
    self.version = version
    self.source = source
    self.destination = destination
    self.ports = ports
  }

  /// The flow of an Ethernet frame, behind up to two VLAN tags; nil for a frame that is not IP, or whose IP header is
  /// broken. Any bytes will do.
  package init?(parsing frame: RawSpan) {
    var offset = 12
    guard var type = Self.etherType(of: frame, at: offset) else { return nil }
    for _ in 0..<2 where type.isTag {
      offset += 4
      guard let inner = Self.etherType(of: frame, at: offset) else { return nil }
      type = inner
    }
    let packet = frame.extracting(offset + 2..<frame.byteCount)
    switch type {
    case .ipv4: self.init(ipv4: packet)
    case .ipv6: self.init(ipv6: packet)
    default: return nil
    }
  }

  private static func etherType(of frame: RawSpan, at offset: Int) -> EtherType? {
    guard frame.byteCount >= offset + 2 else { return nil }
    return EtherType(rawValue: frame.loadBigEndian(at: offset))
  }

  private init?(ipv4 packet: RawSpan) {
    guard packet.byteCount >= 20 else { return nil }
    let versionAndLength: UInt8 = packet.loadLittleEndian(at: 0)
    let headerByteCount = 4 * Int(versionAndLength & 0xF)
    guard versionAndLength >> 4 == 4, headerByteCount >= 20 else { return nil }
    let totalByteCount: UInt16 = packet.loadBigEndian(at: 2)
    // More-fragments flag and fragment offset: both are zero in a whole packet.
    let isFragment = packet.loadBigEndian(at: 6, as: UInt16.self) & 0x3FFF != 0
    version = .v4
    source = UInt128(packet.loadBigEndian(at: 12, as: UInt32.self))
    destination = UInt128(packet.loadBigEndian(at: 16, as: UInt32.self))
    ports =
      isFragment
      ? nil
      : Self.ports(
        of: packet, at: headerByteCount, protocol: packet.loadLittleEndian(at: 9), endingAt: Int(totalByteCount))
  }

  private init?(ipv6 packet: RawSpan) {
    guard packet.byteCount >= 40, packet.loadLittleEndian(at: 0, as: UInt8.self) >> 4 == 6 else { return nil }
    let payloadByteCount: UInt16 = packet.loadBigEndian(at: 4)
    version = .v6
    source = packet.loadBigEndian(at: 8)
    destination = packet.loadBigEndian(at: 24)
    if let transport = Self.transport(ofIPv6: packet) {
      ports = Self.ports(
        of: packet, at: transport.offset, protocol: transport.protocol,
        endingAt: payloadByteCount == 0 ? 0 : 40 + Int(payloadByteCount))
    } else {
      ports = nil
    }
  }

  /// More extension headers than this are nobody's traffic.
  private static let maximumExtensionHeaderCount = 8

  /// What follows the extension headers; nil for a fragment, too many headers, or one that is not whole.
  private static func transport(ofIPv6 packet: RawSpan) -> (offset: Int, protocol: UInt8)? {
    var next: UInt8 = packet.loadLittleEndian(at: 6)
    var offset = 40
    for _ in 0...maximumExtensionHeaderCount {
      switch next {
      case 0, 43, 60:  // Hop-by-hop options, routing, destination options: next header, and length beyond 8 bytes.
        guard packet.byteCount - offset >= 8 else { return nil }
        next = packet.loadLittleEndian(at: offset)
        offset += 8 + 8 * Int(packet.loadLittleEndian(at: offset + 1, as: UInt8.self))
        guard offset <= packet.byteCount else { return nil }
      case 44:  // Fragment.
        return nil
      default:
        return (offset, next)
      }
    }
    return nil
  }

  /// The ports at `offset`, if the protocol has ports there, and they are inside the packet and its own length.
  ///
  /// A packet captured in front of segmentation offload has the length 0, which stands for any.
  private static func ports(of packet: RawSpan, at offset: Int, protocol number: UInt8, endingAt end: Int) -> Ports? {
    guard number == 6 || number == 17 else { return nil }
    let limit = end == 0 ? packet.byteCount : min(end, packet.byteCount)
    guard offset + 4 <= limit else { return nil }
    return Ports(source: packet.loadBigEndian(at: offset), destination: packet.loadBigEndian(at: offset + 2))
  }
}
