/// Where the headers of an IP packet lie in its Ethernet frame, behind up to two VLAN tags. All offsets are in bytes
/// from the frame's first.
package struct FrameLayout: Equatable, Sendable {
  /// Which of the two protocols a packet is of.
  package enum IPVersion: Sendable { case v4, v6 }

  /// The header behind those of IP.
  package struct Transport: Equatable, Sendable {
    package let number: IPProtocol
    package let offset: Int
  }

  package let version: IPVersion
  /// The header of IPv4 with its options, which may reach beyond the frame, or the fixed header of IPv6.
  package let ipHeader: Range<Int>
  package var ipOffset: Int { ipHeader.lowerBound }
  /// Of a whole packet, or of the first fragment of one, which tells of more than the frame has; nil for other fragments,
  /// and where the IP headers are not whole.
  package let leadingTransport: Transport?
  private let isFragment: Bool
  /// nil for every fragment, and where the IP headers are not whole.
  package var transport: Transport? { isFragment ? nil : leadingTransport }
  /// Where the packet ends by its own length: in front of the frame's padding, or beyond a frame that was cut.
  ///
  /// A packet in front of segmentation offload has the length 0, which stands for all of the frame.
  package let endOffset: Int

  /// The layout of a frame of `frameByteCount` bytes that begins with `headers`; nil for a frame that is not IP, or
  /// whose IP header is broken. Any bytes will do.
  package init?(parsing headers: RawSpan, frameByteCount: Int) {
    guard let (type, offset) = Self.network(of: headers) else { return nil }
    switch type {
    case .ipv4: self.init(ipv4: headers, at: offset, frameByteCount: frameByteCount)
    case .ipv6: self.init(ipv6: headers, at: offset, frameByteCount: frameByteCount)
    default: return nil
    }
  }

  /// What stands behind the addresses and up to two VLAN tags, and where it begins; nil where the frame does not tell.
  static func network(of headers: RawSpan) -> (type: EtherType, offset: Int)? {
    var offset = 12
    guard var type = etherType(of: headers, at: offset) else { return nil }
    for _ in 0..<2 where type.isTag {
      offset += 4
      guard let inner = etherType(of: headers, at: offset) else { return nil }
      type = inner
    }
    return (type, offset + 2)
  }

  private static func etherType(of headers: RawSpan, at offset: Int) -> EtherType? {
    guard headers.byteCount >= offset + 2 else { return nil }
    return EtherType(rawValue: headers.loadBigEndian(at: offset))
  }

  private init?(ipv4 headers: RawSpan, at start: Int, frameByteCount: Int) {
    guard headers.byteCount - start >= 20 else { return nil }
    let versionAndLength: UInt8 = headers.loadLittleEndian(at: start)
    let headerByteCount = 4 * Int(versionAndLength & 0xF)
    guard versionAndLength >> 4 == 4, headerByteCount >= 20 else { return nil }
    let packetByteCount: UInt16 = headers.loadBigEndian(at: start + 2)
    // More-fragments flag and fragment offset: both are zero in a whole packet.
    let fragment = headers.loadBigEndian(at: start + 6, as: UInt16.self) & 0x3FFF
    version = .v4
    ipHeader = start..<start + headerByteCount
    isFragment = fragment != 0
    leadingTransport =
      fragment & 0x1FFF != 0 || ipHeader.upperBound > headers.byteCount
      ? nil
      : Transport(
        number: IPProtocol(rawValue: headers.loadLittleEndian(at: start + 9)), offset: ipHeader.upperBound)
    endOffset = packetByteCount == 0 ? frameByteCount : start + Int(packetByteCount)
  }

  private init?(ipv6 headers: RawSpan, at start: Int, frameByteCount: Int) {
    guard headers.byteCount - start >= 40, headers.loadLittleEndian(at: start, as: UInt8.self) >> 4 == 6 else {
      return nil
    }
    let payloadByteCount: UInt16 = headers.loadBigEndian(at: start + 4)
    version = .v6
    ipHeader = start..<start + 40
    (leadingTransport, isFragment) = Self.transport(behindIPv6: headers, at: start)
    endOffset = payloadByteCount == 0 ? frameByteCount : start + 40 + Int(payloadByteCount)
  }

  /// More extension headers than this are nobody's traffic.
  private static let maximumExtensionHeaderCount = 8

  /// What follows the extension headers, and whether there is one of a fragment among them. nil for fragments but the
  /// first, too many headers, or one that is not whole.
  private static func transport(behindIPv6 headers: RawSpan, at start: Int) -> (Transport?, isFragment: Bool) {
    var next = IPProtocol(rawValue: headers.loadLittleEndian(at: start + 6))
    var offset = start + 40
    var isFragment = false
    for _ in 0...maximumExtensionHeaderCount {
      guard next.isExtensionHeader else { return (Transport(number: next, offset: offset), isFragment) }
      isFragment = isFragment || next == .fragment
      guard headers.byteCount - offset >= 8 else { break }
      // Next header, and length beyond 8 bytes, in units of 8; a fragment's has its offset in 13 bits further on instead.
      let byteCount = next == .fragment ? 8 : 8 + 8 * Int(headers.loadLittleEndian(at: offset + 1, as: UInt8.self))
      if next == .fragment, headers.loadBigEndian(at: offset + 2, as: UInt16.self) & 0xFFF8 != 0 { break }
      next = IPProtocol(rawValue: headers.loadLittleEndian(at: offset))
      offset += byteCount
      guard offset <= headers.byteCount else { break }
    }
    return (nil, isFragment)
  }
}

extension IPProtocol {
  /// Whether it stands for a header of IPv6 between the fixed one and the transport's.
  fileprivate var isExtensionHeader: Bool {
    self == .hopByHopOptions || self == .routing || self == .destinationOptions || self == .fragment
  }
}
