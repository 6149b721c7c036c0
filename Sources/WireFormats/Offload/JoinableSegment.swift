/// A TCP segment to which those that follow it in its stream can be joined, as network cards do that coalesce: the other
/// direction of `Segmentation`. Offsets are in bytes from the frame's first.
package struct JoinableSegment: Equatable, Sendable {
  /// No headers in front of a payload are longer: Ethernet's, two tags, IP's and TCP's, with options.
  package static let headerByteCountLimit = 14 + 8 + 60 + 60
  /// IP counts the bytes of a packet in 16 bits.
  private static let packetByteCountLimit = 0xFFFF
  private static let push: UInt8 = 0x08
  private static let acknowledgement: UInt8 = 0x10

  private let layout: FrameLayout
  package var version: FrameLayout.IPVersion { layout.version }
  package let tcpOffset: Int
  package let payload: Range<Int>
  /// Of the payload's first byte.
  package let sequenceNumber: UInt32
  /// Whether the payload is to be handed on at once, so that nothing is joined behind it.
  package let isPushed: Bool

  /// nil for a frame that is anything else: no TCP, no payload, a flag that means more than the stream's going on, or a
  /// checksum that is wrong, which must not become right.
  package init?(parsing frame: RawSpan) {
    guard let headers = LargeSendFrame(parsing: frame), headers.payloadOffset < frame.byteCount,
      headers.tcpOffset == headers.layout.ipHeader.upperBound
    else { return nil }
    let flags: UInt8 = frame.loadLittleEndian(at: headers.tcpOffset + 13)
    guard flags & ~Self.push == Self.acknowledgement, headers.hasRightChecksums(in: frame) else { return nil }
    layout = headers.layout
    tcpOffset = headers.tcpOffset
    payload = headers.payloadOffset..<frame.byteCount
    sequenceNumber = frame.loadBigEndian(at: headers.tcpOffset + 4)
    isPushed = flags & Self.push != 0
  }

  /// Whether a frame of so many bytes can be of one packet.
  package func fits(_ frameByteCount: Int) -> Bool { frameByteCount - layout.ipOffset <= Self.packetByteCountLimit }

  /// Zeroes what differs in the headers of segments that belong together.
  @_lifetime(headers: copy headers)
  package func clearOwn(in headers: inout MutableRawSpan) {
    let start = layout.ipOffset
    switch version {
    case .v4:
      // Length and identification; then the checksum.
      headers.storeLittleEndian(0 as UInt32, at: start + 2)
      headers.storeLittleEndian(0 as UInt16, at: start + 10)
    case .v6: headers.storeLittleEndian(0 as UInt16, at: start + 4)
    }
    headers.storeLittleEndian(0 as UInt32, at: tcpOffset + 4)
    headers.storeLittleEndian(Self.acknowledgement, at: tcpOffset + 13)
    headers.storeLittleEndian(0 as UInt16, at: tcpOffset + 16)
  }

  /// Finishes a frame that begins with this segment, and has more payload behind it: lengths, the sum of TCP's pseudo
  /// header, and the wish of the last segment to be handed on.
  @_lifetime(frame: copy frame)
  package func finish(_ frame: inout MutableRawSpan, isPushed: Bool) {
    let packetByteCount = frame.byteCount - layout.ipOffset
    switch version {
    case .v4:
      frame.storeBigEndian(UInt16(packetByteCount), at: layout.ipOffset + 2)
      IPv4HeaderChecksum(covered: layout.ipHeader).fill(in: &frame)
    case .v6: frame.storeBigEndian(UInt16(packetByteCount - 40), at: layout.ipOffset + 4)
    }
    frame.storeLittleEndian(isPushed ? Self.acknowledgement | Self.push : Self.acknowledgement, at: tcpOffset + 13)
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(of: layout, in: frame.bytes, transportByteCount: frame.byteCount - tcpOffset)
    frame.storeBigEndian(checksum.partial, at: tcpOffset + 16)
  }
}

extension LargeSendFrame {
  /// Whether the checksums of IPv4 and TCP are those of the frame as it is. (Over bytes with their checksum in them the
  /// sum is all ones.)
  fileprivate func hasRightChecksums(in frame: RawSpan) -> Bool {
    if version == .v4 {
      var checksum = InternetChecksum()
      checksum.add(frame.extracting(layout.ipHeader))
      guard checksum.value == 0 else { return false }
    }
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(of: layout, in: frame, transportByteCount: frame.byteCount - tcpOffset)
    checksum.add(frame.extracting(tcpOffset..<frame.byteCount))
    return checksum.value == 0
  }
}
