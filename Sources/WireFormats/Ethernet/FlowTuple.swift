/// What tells one flow of IP packets from another: addresses, and ports when a packet has any that can be trusted.
package struct FlowTuple: Hashable, Sendable {
  /// The ends of a TCP or UDP flow within its hosts.
  package struct Ports: Hashable, Sendable {
    package let source: UInt16
    package let destination: UInt16

    package init(source: UInt16, destination: UInt16) {
      self.source = source
      self.destination = destination
    }
  }

  package let version: FrameLayout.IPVersion
  /// As a number; an IPv4 address in the low 32 bits.
  package let source: UInt128
  /// As a number; an IPv4 address in the low 32 bits.
  package let destination: UInt128
  /// The ports of TCP and UDP. nil for other protocols, for every fragment (only the first one has ports, and all must
  /// take one way), and for headers that are not whole.
  package let ports: Ports?

  package init(version: FrameLayout.IPVersion, source: UInt128, destination: UInt128, ports: Ports?) {
    self.version = version
    self.source = source
    self.destination = destination
    self.ports = ports
  }

  /// The flow of an Ethernet frame, behind up to two VLAN tags; nil for a frame that is not IP, or whose IP header is
  /// broken. Any bytes will do.
  package init?(parsing frame: RawSpan) {
    guard let layout = FrameLayout(parsing: frame, frameByteCount: frame.byteCount) else { return nil }
    version = layout.version
    switch layout.version {
    case .v4:
      source = UInt128(frame.loadBigEndian(at: layout.ipOffset + 12, as: UInt32.self))
      destination = UInt128(frame.loadBigEndian(at: layout.ipOffset + 16, as: UInt32.self))
    case .v6:
      source = frame.loadBigEndian(at: layout.ipOffset + 8)
      destination = frame.loadBigEndian(at: layout.ipOffset + 24)
    }
    ports = Self.ports(of: frame, layout)
  }

  /// The ports, if the protocol has any, and they are inside the frame and the packet's own length.
  private static func ports(of frame: RawSpan, _ layout: FrameLayout) -> Ports? {
    guard let transport = layout.transport, transport.number == .tcp || transport.number == .udp,
      transport.offset + 4 <= min(layout.endOffset, frame.byteCount)
    else { return nil }
    return Ports(
      source: frame.loadBigEndian(at: transport.offset), destination: frame.loadBigEndian(at: transport.offset + 2))
  }
}
