/// Data of `OID.tcpOffloadHardwareCapabilities`: which work on frames a host can do for its guest. Of it all, what a
/// sender can ask for is kept: checksums, and the second version of large sends.
package struct NDISOffloadCapabilities: OIDValue {
  /// The end of each revision.
  private static let byteCounts = [112, 144, 156]
  /// The one framing that is used here: Ethernet.
  private static let ethernet: UInt32 = 2

  /// What a host fills checksums of, and the headers it finds its way through.
  package struct Work: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// IPv4 headers with options, or IPv6 packets with extension headers.
    package static let ipOptions = Self(rawValue: 0x001)
    package static let tcpOptions = Self(rawValue: 0x004)
    package static let tcp = Self(rawValue: 0x010)
    package static let udp = Self(rawValue: 0x040)
    /// IPv4 alone: IPv6 headers have no checksum.
    package static let ipHeader = Self(rawValue: 0x100)
  }

  /// How a host cuts TCP packets of one IP version.
  package struct LargeSend: Equatable, Sendable {
    package let maximumByteCount: UInt32
    /// What makes fewer segments is to be sent without.
    package let minimumSegmentCount: UInt32

    package init(maximumByteCount: UInt32, minimumSegmentCount: UInt32) {
      self.maximumByteCount = maximumByteCount
      self.minimumSegmentCount = minimumSegmentCount
    }
  }

  package let revision: UInt8
  package let checksumsIPv4: Work
  package let checksumsIPv6: Work
  /// nil where the host cuts no such packets in Ethernet frames.
  package let largeSendIPv4: LargeSend?
  package let largeSendIPv6: LargeSend?
  /// Of the packets that are cut, `ipOptions` and `tcpOptions`.
  package let largeSendIPv6Headers: Work

  package var encodedSize: Int { Self.byteCounts[Int(revision) - 1] }

  /// Capabilities as revision 1, 2 or 3 tells them.
  package init(
    revision: UInt8, checksumsIPv4: Work = [], checksumsIPv6: Work = [], largeSendIPv4: LargeSend? = nil,
    largeSendIPv6: LargeSend? = nil, largeSendIPv6Headers: Work = []
  ) {
    precondition((1...3).contains(revision), "there are three revisions")
    self.revision = revision
    self.checksumsIPv4 = checksumsIPv4
    self.checksumsIPv6 = checksumsIPv6
    self.largeSendIPv4 = largeSendIPv4
    self.largeSendIPv6 = largeSendIPv6
    self.largeSendIPv6Headers = largeSendIPv6Headers
  }

  package init(parsing bytes: RawSpan) throws(WireError) {
    let header = try NDISObjectHeader(parsing: bytes, kind: .offload, minimumByteCounts: Self.byteCounts)
    revision = min(header.revision, 3)
    checksumsIPv4 = Self.isForEthernet(bytes, at: 4) ? Work(rawValue: bytes.loadLittleEndian(at: 8)) : []
    checksumsIPv6 = Self.isForEthernet(bytes, at: 20) ? Work(rawValue: bytes.loadLittleEndian(at: 24)) : []
    largeSendIPv4 = Self.largeSend(in: bytes, at: 80)
    largeSendIPv6 = Self.largeSend(in: bytes, at: 92)
    largeSendIPv6Headers = largeSendIPv6 == nil ? [] : Work(rawValue: bytes.loadLittleEndian(at: 104))
  }

  /// Whether the part whose framings are at `offset` is for Ethernet frames; others mean nothing here.
  private static func isForEthernet(_ bytes: RawSpan, at offset: Int) -> Bool {
    bytes.loadLittleEndian(at: offset, as: UInt32.self) & ethernet != 0
  }

  private static func largeSend(in bytes: RawSpan, at offset: Int) -> LargeSend? {
    guard isForEthernet(bytes, at: offset) else { return nil }
    return LargeSend(
      maximumByteCount: bytes.loadLittleEndian(at: offset + 4),
      minimumSegmentCount: bytes.loadLittleEndian(at: offset + 8))
  }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    precondition(out.byteCount >= encodedSize, "a structure fits its space")
    out.zeroFill()
    NDISObjectHeader(kind: .offload, revision: revision, structureByteCount: UInt16(encodedSize)).emit(into: &out)
    for (offset, work) in [(4, checksumsIPv4), (20, checksumsIPv6)] where !work.isEmpty {
      out.storeLittleEndian(Self.ethernet, at: offset)
      out.storeLittleEndian(work.rawValue, at: offset + 4)
    }
    for (offset, largeSend) in [(80, largeSendIPv4), (92, largeSendIPv6)] {
      guard let largeSend else { continue }
      out.storeLittleEndian(Self.ethernet, at: offset)
      out.storeLittleEndian(largeSend.maximumByteCount, at: offset + 4)
      out.storeLittleEndian(largeSend.minimumSegmentCount, at: offset + 8)
    }
    out.storeLittleEndian(largeSendIPv6Headers.rawValue, at: 104)
  }

  /// What the input of a query for this structure begins with; the rest of its bytes are zero.
  package static func queryHeader(revision: UInt8) -> NDISObjectHeader {
    NDISObjectHeader(
      kind: .offload, revision: revision, structureByteCount: UInt16(byteCounts[Int(revision) - 1]))
  }
}
