/// Other addresses for the packets of a capture that is sent again, so that each pass has flows of its own.
///
/// An address is combined, by exclusive or, with the number of the pass and with nothing else. So everybody keeps one
/// address throughout a pass, and the same change made again undoes itself:
///
/// * IPv4: the third byte with the low byte of the number, the fourth byte with the high byte.
/// * IPv6: the ninth and tenth byte, the first two of the interface's part, with the number.
///
/// The bytes in front are kept, so that a private network stays private; they also tell the addresses that mean
/// something and are left alone: unspecified, loopback, link-local, multicast, and what IPv4 has reserved at its upper
/// end with the broadcast. The number counts to 65,535 and begins again.
package struct FlowVariation: Sendable {
  /// How many passes have flows of their own.
  package static let count: UInt64 = 1 << 16
  private let number: UInt16

  /// The change for a pass. The pass 0 changes nothing.
  package init(pass: UInt64) { number = UInt16(truncatingIfNeeded: pass) }

  /// Exchanges the addresses of IPv4, IPv6 and ARP, behind up to two VLAN tags, and keeps the checksums right of IPv4,
  /// TCP, UDP and ICMPv6.
  ///
  /// Any bytes will do. Of a frame that was cut all is changed that is there, if its IP header is whole.
  @_lifetime(frame: copy frame)
  package func apply(to frame: inout MutableRawSpan) {
    guard let (type, offset) = FrameLayout.network(of: frame.bytes) else { return }
    if type == .arp { return applyToARP(at: offset, in: &frame) }
    guard let layout = FrameLayout(parsing: frame.bytes, frameByteCount: frame.byteCount) else { return }
    var change = ChecksumChange()
    switch layout.version {
    case .v4:
      exchangeIPv4Address(at: layout.ipOffset + 12, in: &frame, &change)
      exchangeIPv4Address(at: layout.ipOffset + 16, in: &frame, &change)
      Self.apply(change, toChecksumAt: layout.ipOffset + 10, in: &frame)
    case .v6:
      exchangeIPv6Address(at: layout.ipOffset + 8, in: &frame, &change)
      exchangeIPv6Address(at: layout.ipOffset + 24, in: &frame, &change)
    }
    guard let transport = layout.leadingTransport,
      let field = Self.checksumOffset(in: transport.number, layout.version),
      transport.offset + field + 2 <= min(layout.endOffset, frame.byteCount)
    else { return }
    Self.apply(change, toChecksumAt: transport.offset + field, in: &frame, isUDP: transport.number == .udp)
  }

  /// Where a transport header has a checksum that takes the addresses in.
  private static func checksumOffset(in transport: IPProtocol, _ version: FrameLayout.IPVersion) -> Int? {
    switch (transport, version) {
    case (.tcp, _): 16
    case (.udp, _): 6
    case (.icmpv6, .v6): 2
    default: nil
    }
  }

  @_lifetime(frame: copy frame)
  private static func apply(
    _ change: ChecksumChange, toChecksumAt offset: Int, in frame: inout MutableRawSpan, isUDP: Bool = false
  ) {
    let old: UInt16 = frame.bytes.loadBigEndian(at: offset)
    // In UDP a zero says that there is no checksum; a sum of zero is sent as its other form (RFC 768).
    guard !isUDP || old != 0 else { return }
    let new = change.applied(to: old)
    frame.storeBigEndian(isUDP && new == 0 ? 0xFFFF : new, at: offset)
  }

  /// The sender's and the target's addresses, where they are of IPv4.
  @_lifetime(frame: copy frame)
  private func applyToARP(at start: Int, in frame: inout MutableRawSpan) {
    guard frame.byteCount - start >= 8,
      frame.bytes.loadBigEndian(at: start + 2, as: UInt16.self) == EtherType.ipv4.rawValue,
      frame.bytes.loadLittleEndian(at: start + 5, as: UInt8.self) == 4
    else { return }
    let hardwareByteCount = Int(frame.bytes.loadLittleEndian(at: start + 4, as: UInt8.self))
    let sender = start + 8 + hardwareByteCount
    // ARP has no checksum.
    var change = ChecksumChange()
    for offset in [sender, sender + 4 + hardwareByteCount] where offset + 4 <= frame.byteCount {
      exchangeIPv4Address(at: offset, in: &frame, &change)
    }
  }

  // MARK: Addresses

  @_lifetime(frame: copy frame)
  private func exchangeIPv4Address(at offset: Int, in frame: inout MutableRawSpan, _ change: inout ChecksumChange) {
    let leading: UInt16 = frame.bytes.loadBigEndian(at: offset)
    guard !Self.isSpecial(ipv4Leading: leading) else { return }
    exchangeWord(at: offset + 2, with: number.byteSwapped, in: &frame, &change)
  }

  @_lifetime(frame: copy frame)
  private func exchangeIPv6Address(at offset: Int, in frame: inout MutableRawSpan, _ change: inout ChecksumChange) {
    let prefix: UInt64 = frame.bytes.loadBigEndian(at: offset)
    guard !Self.isSpecial(ipv6Prefix: prefix) else { return }
    exchangeWord(at: offset + 8, with: number, in: &frame, &change)
  }

  @_lifetime(frame: copy frame)
  private func exchangeWord(
    at offset: Int, with bits: UInt16, in frame: inout MutableRawSpan, _ change: inout ChecksumChange
  ) {
    let old: UInt16 = frame.bytes.loadBigEndian(at: offset)
    frame.storeBigEndian(old ^ bits, at: offset)
    change.exchange(old, for: old ^ bits)
  }

  /// 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, and from 224.0.0.0 on.
  private static func isSpecial(ipv4Leading leading: UInt16) -> Bool {
    let first = leading >> 8
    return first == 0 || first == 127 || first >= 224 || leading == 0xA9FE
  }

  /// ::/64, which holds what is unspecified, loopback or made of IPv4; fe80::/10, ff00::/8.
  private static func isSpecial(ipv6Prefix prefix: UInt64) -> Bool {
    prefix == 0 || prefix >> 54 == 0x3FA || prefix >> 56 == 0xFF
  }
}
