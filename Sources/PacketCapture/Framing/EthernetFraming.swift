/// Puts an Ethernet header before packets that were captured without one.
///
/// The EtherType is that of the packet's own header: the protocol field of a cooked one, or the version of IP. A packet
/// whose field is no EtherType (below 0x600, as for IEEE 802.2 and CAN frames and netlink messages), that begins with
/// neither version of IP, or that was cut within its header gets none.
struct EthernetFraming: Sendable {
  private static let headerByteCount = 14
  /// Numbers below are lengths.
  private static let lowestEtherType: UInt16 = 0x600

  private let linkType: LinkType
  /// The bytes of the capture's own header, which the Ethernet header replaces.
  private let replacedByteCount: Int
  /// The frame: its addresses stay.
  private var bytes: [UInt8]
  private var byteCount = 0
  private var originalByteCount = 0
  private var timestamp: Int64 = 0

  /// Whether packets get a header: not those that have one, nor those whose own cannot be replaced.
  let isNeeded: Bool

  /// Framing for packets of that link type.
  init(of linkType: LinkType, _ addresses: EthernetAddresses?) {
    let replacedByteCount: Int? =
      switch linkType {
      case .linuxCooked: 16
      case .linuxCooked2: 20
      case .rawIP, .ipv4, .ipv6: 0
      default: nil
      }
    self.linkType = linkType
    self.replacedByteCount = replacedByteCount ?? 0
    isNeeded = replacedByteCount != nil && addresses != nil
    bytes = addresses.map { $0.destination + $0.source + [0, 0] } ?? []
  }

  /// Makes a frame of the file's packet. Returns false where it cannot.
  mutating func frame(packetOf file: borrowing SaveFile) -> Bool {
    let packet = file.packet
    guard packet.bytes.byteCount >= replacedByteCount, let etherType = etherType(of: packet.bytes) else { return false }
    let payload = packet.bytes.extracting(droppingFirst: replacedByteCount)
    byteCount = Self.headerByteCount + payload.byteCount
    originalByteCount = packet.originalByteCount - replacedByteCount + Self.headerByteCount
    timestamp = packet.timestamp
    if bytes.count < byteCount { bytes += [UInt8](repeating: 0, count: byteCount - bytes.count) }
    bytes[Self.headerByteCount - 2] = UInt8(etherType >> 8)
    bytes[Self.headerByteCount - 1] = UInt8(truncatingIfNeeded: etherType)
    bytes.write(payload, at: Self.headerByteCount)
    return true
  }

  /// The frame that was made last.
  var packet: CapturedPacket {
    @_lifetime(borrow self)
    get {
      CapturedPacket(
        bytes: bytes.rawSpan.extracting(first: byteCount), originalByteCount: originalByteCount, timestamp: timestamp)
    }
  }

  private func etherType(of packet: RawSpan) -> UInt16? {
    switch linkType {
    case .linuxCooked: Self.etherType(in: packet, at: 14)
    case .linuxCooked2: Self.etherType(in: packet, at: 0)
    case .ipv4: 0x0800
    case .ipv6: 0x86dd
    default: packet.isEmpty ? nil : Self.etherType(ofVersion: packet.byte(at: 0) >> 4)
    }
  }

  private static func etherType(ofVersion version: UInt8) -> UInt16? {
    switch version {
    case 4: 0x0800
    case 6: 0x86dd
    default: nil
    }
  }

  private static func etherType(in packet: RawSpan, at offset: Int) -> UInt16? {
    let type = UInt16(packet.byte(at: offset)) << 8 | UInt16(packet.byte(at: offset + 1))
    return type >= lowestEtherType ? type : nil
  }
}
