/// How a TCP packet that is longer than the link takes is cut: each segment gets the headers of the whole, finished for
/// it, and the next piece of the payload. Offsets are in bytes from the first of a frame.
package struct Segmentation: Equatable, Sendable {
  /// Enough for 64 KiB in pieces of 64 bytes. More is labour that a guest makes for its host.
  package static let countLimit = 1024

  private static let finish: UInt8 = 0x01
  private static let push: UInt8 = 0x08
  private static let congestionWindowReduced: UInt8 = 0x80

  package let layout: FrameLayout
  private let tcpOffset: Int
  /// The payload of the whole. What is in front of it are the headers.
  package let payload: Range<Int>
  /// The payload of every segment but the last, which has the rest.
  private let segmentByteCount: Int

  /// The segments of a frame that begins with `headers`, as `info` asks for them.
  ///
  /// Throws when there is no TCP packet with its header at the place named, or a segment would be empty, or longer than
  /// the `packetByteCountLimit` that the link has for a packet from its IP header on.
  init(
    _ info: LargeSendInfo, _ layout: FrameLayout, headers: RawSpan, packetByteCountLimit: Int
  ) throws(OffloadError) {
    guard info.isVersion2 else { throw .largeSendVersion }
    let tcp = try TransmitWork.transport(.tcp, at: info.tcpHeaderOffset, in: layout)
    // The upper half of this byte is the header's length in words of 32 bits.
    let lengthOffset = tcp + 12
    guard lengthOffset < headers.byteCount else { throw .noHeader(.tcp, offset: info.tcpHeaderOffset) }
    let byteCount = 4 * Int(headers.loadLittleEndian(at: lengthOffset, as: UInt8.self) >> 4)
    guard byteCount >= TransportChecksum.headerByteCount(isUDP: false), tcp + byteCount <= layout.endOffset else {
      throw .headerOutOfBounds(.tcp, byteCount: byteCount)
    }
    self.layout = layout
    tcpOffset = tcp
    payload = tcp + byteCount..<layout.endOffset
    segmentByteCount = Int(info.segmentByteCount)
    let longest = payload.lowerBound - layout.ipOffset + min(segmentByteCount, payload.count)
    // IP counts the bytes of a packet in 16 bits.
    guard segmentByteCount > 0, longest <= min(packetByteCountLimit, 0xFFFF) else {
      throw .segmentByteCount(info.segmentByteCount)
    }
    guard count <= Self.countLimit else { throw .segmentCount(count) }
  }

  /// How many segments there are: one, if there is nothing to cut.
  package var count: Int { max(1, (payload.count + segmentByteCount - 1) / segmentByteCount) }

  /// The part of the whole's payload that segment `index` has.
  package func payload(ofSegment index: Int) -> Range<Int> {
    let start = payload.lowerBound + index * segmentByteCount
    return start..<min(start + segmentByteCount, payload.upperBound)
  }

  /// Finishes segment `index`, which holds the headers as the guest sent them and its part of the payload.
  @_lifetime(segment: copy segment)
  package func finish(_ index: Int, in segment: inout MutableRawSpan) {
    let packetByteCount = segment.byteCount - layout.ipOffset
    switch layout.version {
    case .v4: finishIPv4(index, packetByteCount, in: &segment)
    case .v6: segment.storeBigEndian(UInt16(packetByteCount - 40), at: layout.ipOffset + 4)
    }
    let sequenceNumber: UInt32 = segment.bytes.loadBigEndian(at: tcpOffset + 4)
    segment.storeBigEndian(
      sequenceNumber &+ UInt32(truncatingIfNeeded: index * segmentByteCount), at: tcpOffset + 4)
    var flags: UInt8 = segment.bytes.loadLittleEndian(at: tcpOffset + 13)
    // What is told once is told by the first segment, what ends a stream or a write by the last.
    if index > 0 { flags &= ~Self.congestionWindowReduced }
    if index < count - 1 { flags &= ~(Self.finish | Self.push) }
    segment.storeLittleEndian(flags, at: tcpOffset + 13)
    let checksum = TransportChecksum(covered: tcpOffset..<segment.byteCount, isUDP: false)
    checksum.completePseudoHeader(in: &segment)
    checksum.fill(in: &segment)
  }

  @_lifetime(segment: copy segment)
  private func finishIPv4(_ index: Int, _ packetByteCount: Int, in segment: inout MutableRawSpan) {
    let start = layout.ipOffset
    segment.storeBigEndian(UInt16(packetByteCount), at: start + 2)
    let identification: UInt16 = segment.bytes.loadBigEndian(at: start + 4)
    segment.storeBigEndian(identification &+ UInt16(truncatingIfNeeded: index), at: start + 4)
    IPv4HeaderChecksum(covered: layout.ipHeader).fill(in: &segment)
  }
}
