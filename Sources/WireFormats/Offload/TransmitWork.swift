/// What a host does to one frame before it goes on: what the packet's info asks for, as far as the frame's own headers
/// bear it out. The tag, which any frame can have, is put in last and by itself.
package struct TransmitWork: Equatable, Sendable {
  /// Addresses and type: what every frame begins with.
  package static let ethernetHeaderByteCount = 14
  /// Where an Ethernet header's addresses end: a tag stands here.
  package static let addressesByteCount = 12
  /// The longest TCP header.
  private static let transportHeaderByteCountLimit = 60

  private var ipv4Header: IPv4HeaderChecksum?
  private var transport: TransportChecksum?
  /// nil for a frame that goes on in one piece.
  package private(set) var segmentation: Segmentation?
  /// What all work leaves as it is, in bytes from the frame's first: the payload, at least.
  package private(set) var payload: Range<Int>
  private let frameByteCount: Int
  private let tagByteCount: Int

  /// How many bytes of a frame suffice to judge whatever is asked for it. No headers in front of a payload are longer.
  package static let headerByteCountLimit = Int(TransmitChecksumInfo.offsetLimit) + transportHeaderByteCountLimit

  /// How many bytes of a frame suffice to judge what is asked for it.
  package static func headerByteCount(for offload: PacketOffload) -> Int {
    // An offset that is not told may be any that could be.
    let named: UInt32
    switch offload.transport {
    case .none: return ethernetHeaderByteCount
    case .checksum(let info): named = info.transportHeaderOffset
    case .largeSend(let info): named = info.tcpHeaderOffset
    }
    return Int(named == 0 ? TransmitChecksumInfo.offsetLimit : named) + transportHeaderByteCountLimit
  }

  /// The work on a frame of `frameByteCount` bytes that begins with `headers`; these are all of it, or as many as
  /// `headerByteCount` says. The link takes packets of `packetByteCountLimit` bytes, from the IP header on.
  ///
  /// Throws when the frame does not allow what is asked.
  package init(
    _ offload: PacketOffload, headers: RawSpan, frameByteCount: Int, packetByteCountLimit: Int
  ) throws(OffloadError) {
    guard frameByteCount >= Self.ethernetHeaderByteCount else { throw .frameTooShort(frameByteCount) }
    self.frameByteCount = frameByteCount
    tagByteCount = offload.vlanTag == nil ? 0 : VLANTagInfo.tagByteCount
    payload = Self.addressesByteCount..<frameByteCount
    switch offload.transport {
    case .none: break
    case .checksum(let info):
      guard !info.work.isDisjoint(with: .computed) else { break }
      let layout = try Self.layout(of: headers, frameByteCount: frameByteCount, isIPv6: info.isIPv6)
      try take(info, layout)
    case .largeSend(let info):
      let layout = try Self.layout(of: headers, frameByteCount: frameByteCount, isIPv6: info.isIPv6)
      let segmentation = try Segmentation(
        info, layout, headers: headers, packetByteCountLimit: packetByteCountLimit)
      payload = segmentation.payload
      self.segmentation = segmentation
    }
  }

  private mutating func take(_ info: TransmitChecksumInfo, _ layout: FrameLayout) throws(OffloadError) {
    var start = layout.ipOffset
    if info.work.contains(.ipv4Header) {
      guard layout.version == .v4 else { throw .noPacket(.v4) }
      ipv4Header = IPv4HeaderChecksum(covered: layout.ipHeader)
      start = layout.ipHeader.upperBound
    }
    // Of both, TCP wins.
    if !info.work.isDisjoint(with: [.tcp, .udp]) {
      let isUDP = !info.work.contains(.tcp)
      let offset = try Self.transport(isUDP ? .udp : .tcp, at: info.transportHeaderOffset, in: layout)
      transport = TransportChecksum(covered: offset..<layout.endOffset, isUDP: isUDP)
      start = offset + TransportChecksum.headerByteCount(isUDP: isUDP)
    }
    payload = start..<frameByteCount
  }

  /// The packet of a version, all of which is in the frame.
  private static func layout(
    of headers: RawSpan, frameByteCount: Int, isIPv6: Bool
  ) throws(OffloadError) -> FrameLayout {
    let version: FrameLayout.IPVersion = isIPv6 ? .v6 : .v4
    guard let layout = FrameLayout(parsing: headers, frameByteCount: frameByteCount), layout.version == version,
      layout.endOffset <= frameByteCount, layout.ipHeader.upperBound <= min(headers.byteCount, layout.endOffset)
    else { throw .noPacket(version) }
    return layout
  }

  /// Where the transport header is that the packet's headers lead to: the one that is meant, and whole at its shortest.
  static func transport(
    _ number: IPProtocol, at offset: UInt32, in layout: FrameLayout
  ) throws(OffloadError) -> Int {
    guard let transport = layout.transport, transport.number == number, offset == 0 || offset == transport.offset,
      // Behind headers that no offset reaches past, none can be meant.
      transport.offset <= TransmitChecksumInfo.offsetLimit
    else { throw .noHeader(number, offset: offset) }
    let byteCount = TransportChecksum.headerByteCount(isUDP: number == .udp)
    guard transport.offset + byteCount <= layout.endOffset else {
      throw .headerOutOfBounds(number, byteCount: byteCount)
    }
    return transport.offset
  }

  /// How many frames go on.
  package var madeFrameCount: Int { segmentation?.count ?? 1 }

  /// The bytes of the frames that go on, tags included.
  package var madeByteCount: Int {
    guard let segmentation else { return frameByteCount + tagByteCount }
    return segmentation.count * (payload.lowerBound + tagByteCount) + payload.count
  }

  /// Fills the checksums that are asked for in a frame that goes on in one piece.
  @_lifetime(frame: copy frame)
  package func fillChecksums(in frame: inout MutableRawSpan) {
    ipv4Header?.fill(in: &frame)
    transport?.fill(in: &frame)
  }
}
