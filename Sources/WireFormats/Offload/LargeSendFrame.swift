/// A TCP frame that is longer than the link takes, as it was captured: what it takes to leave the cutting to a host.
package struct LargeSendFrame: Equatable, Sendable {
  let layout: FrameLayout
  package var version: FrameLayout.IPVersion { layout.version }
  /// Where the IP packet begins, in bytes from the frame's first.
  package var ipOffset: Int { layout.ipOffset }
  /// In bytes from the frame's first.
  package let tcpOffset: Int
  /// Where the payload begins, and all headers end, in bytes from the frame's first.
  package let payloadOffset: Int

  /// Finds TCP in a frame; nil where there is none, a part of the packet is missing, or there is more in the frame than
  /// the packet: then no host could cut it.
  package init?(parsing frame: RawSpan) {
    guard let layout = FrameLayout(parsing: frame, frameByteCount: frame.byteCount),
      layout.endOffset == frame.byteCount, let tcp = layout.transport, tcp.number == .tcp,
      // What a routing header does to the addresses that are summed is not looked into.
      layout.version == .v4 || tcp.offset == layout.ipHeader.upperBound,
      tcp.offset + TransportChecksum.headerByteCount(isUDP: false) <= frame.byteCount
    else { return nil }
    let headerByteCount = 4 * Int(frame.loadLittleEndian(at: tcp.offset + 12, as: UInt8.self) >> 4)
    guard headerByteCount >= TransportChecksum.headerByteCount(isUDP: false),
      tcp.offset + headerByteCount <= frame.byteCount
    else { return nil }
    self.layout = layout
    tcpOffset = tcp.offset
    payloadOffset = tcp.offset + headerByteCount
  }

  /// Leaves lengths and checksums to the host, as guests do: the packet's length is 0, and the checksum of TCP the sum of
  /// a pseudo header without one.
  @_lifetime(frame: copy frame)
  package func prepare(_ frame: inout MutableRawSpan) {
    let start = layout.ipOffset
    switch layout.version {
    case .v4:
      frame.storeBigEndian(0 as UInt16, at: start + 2)
      frame.storeBigEndian(0 as UInt16, at: start + 10)
    case .v6: frame.storeBigEndian(0 as UInt16, at: start + 4)
    }
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(of: layout, in: frame.bytes, transportByteCount: 0)
    frame.storeBigEndian(checksum.partial, at: tcpOffset + 16)
  }
}
