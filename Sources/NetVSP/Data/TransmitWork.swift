internal import WireFormats

/// What a packet's info asks of the host, as far as the frame must allow for it.
struct TransmitWork {
  private static let ethernetHeaderByteCount: UInt32 = 14
  private static let minimumIPv4HeaderByteCount: UInt32 = 20
  private static let ipv6HeaderByteCount: UInt32 = 40
  /// Where a TCP header tells how long it is: the upper half of this byte, in words of 32 bits.
  private static let tcpDataOffsetByte: UInt32 = 12

  private var checksum: TransmitChecksumInfo?
  private var largeSend: LargeSendInfo?

  /// Reads the info of one packet. Throws when an element is not inside it or too short; unknown ones are skipped.
  init(parsing bytes: RawSpan) throws(WireError) {
    var elements = PerPacketInfoList(parsing: bytes)
    while let element = try elements.next() {
      switch element.type {
      case .checksum: checksum = TransmitChecksumInfo(rawValue: element.value)
      case .largeSend: largeSend = LargeSendInfo(rawValue: element.value)
      default: break
      }
    }
  }

  /// Whether the transport header is where it can be in a frame of so many bytes.
  func fits(frameByteCount: UInt32) -> Bool {
    if let largeSend {
      return Self.isHeader(at: largeSend.tcpHeaderOffset, isIPv6: largeSend.isIPv6, in: frameByteCount)
    }
    // Of the IP versions the fourth wins; without a transport checksum the offset means nothing.
    guard let checksum, !checksum.work.isDisjoint(with: [.tcp, .udp]) else { return true }
    return Self.isHeader(
      at: checksum.transportHeaderOffset, isIPv6: checksum.work.contains(.isIPv6) && !checksum.work.contains(.isIPv4),
      in: frameByteCount)
  }

  private static func isHeader(at offset: UInt32, isIPv6: Bool, in frameByteCount: UInt32) -> Bool {
    // 0 stands for the shortest IP header.
    guard offset != 0 else { return true }
    return offset >= minimumHeaderOffset(isIPv6: isIPv6) && offset < frameByteCount
  }

  private static func minimumHeaderOffset(isIPv6: Bool) -> UInt32 {
    ethernetHeaderByteCount + (isIPv6 ? ipv6HeaderByteCount : minimumIPv4HeaderByteCount)
  }

  /// The frame's byte that tells the length of the TCP header which is to be repeated; nil when none is.
  var tcpDataOffsetPosition: UInt32? { largeSend.map { tcpHeaderOffset($0) + Self.tcpDataOffsetByte } }

  /// Whether the TCP header lies in the frame, by the byte at `tcpDataOffsetPosition`.
  func tcpHeaderFits(dataOffsetByte: UInt8, frameByteCount: UInt32) -> Bool {
    guard let largeSend else { return true }
    return tcpHeaderOffset(largeSend) + UInt32(dataOffsetByte >> 4) * 4 <= frameByteCount
  }

  private func tcpHeaderOffset(_ largeSend: LargeSendInfo) -> UInt32 {
    largeSend.tcpHeaderOffset != 0
      ? largeSend.tcpHeaderOffset : Self.minimumHeaderOffset(isIPv6: largeSend.isIPv6)
  }
}
