internal import WireFormats

/// What the host is asked to do to one frame before it goes on: to compute checksums, to cut it into segments, to put a
/// tag in.
///
/// Whoever asks prepares the frame for it, as network stacks do. The field of a TCP or UDP checksum holds the sum of the
/// pseudo header, not inverted. In a large send that sum leaves the length out, and the length of the IP packet is 0.
/// The tag is not in the frame.
public struct FrameOffload: Equatable, Sendable, BitwiseCopyable {
  /// Which protocol's packet the frame holds.
  public enum IPVersion: Sendable, BitwiseCopyable {
    /// IPv4.
    case v4
    /// IPv6.
    case v6
  }

  /// The checksums that the host computes.
  public struct Checksums: OptionSet, Sendable, BitwiseCopyable {
    /// One bit for each kind.
    public let rawValue: UInt32
    /// The kinds whose bits are set.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// That of the header of IPv4.
    public static var ipv4Header: Self { Self(rawValue: 1 << 0) }
    /// That of TCP; where UDP is asked for as well, TCP it is.
    public static var tcp: Self { Self(rawValue: 1 << 1) }
    /// That of UDP.
    public static var udp: Self { Self(rawValue: 1 << 2) }
  }

  /// An 802.1Q tag.
  public struct VLANTag: Equatable, Sendable, BitwiseCopyable {
    let info: VLANTagInfo

    /// From 0 to 7.
    public var priority: UInt8 { info.priority }
    /// Whether the frame may be dropped first.
    public var isDropEligible: Bool { info.isDropEligible }
    /// From 0 to 4095.
    public var vlanID: UInt16 { info.vlanID }

    /// `priority` is below 8, `vlanID` below 4096.
    public init(priority: UInt8 = 0, isDropEligible: Bool = false, vlanID: UInt16) {
      info = VLANTagInfo(priority: priority, isDropEligible: isDropEligible, vlanID: vlanID)
    }
  }

  /// The same as it travels.
  var info = PacketOffload()

  /// Nothing to do.
  public static var none: Self { Self() }
  private init() {}

  /// Checksums to compute. The transport header begins `transportHeaderOffset` bytes behind the frame's first, at most
  /// 1023; 0 leaves it to the host to find.
  public init(_ checksums: Checksums, of version: IPVersion, transportHeaderOffset: Int) {
    var work: TransmitChecksumInfo.Work = version == .v4 ? .isIPv4 : .isIPv6
    if checksums.contains(.ipv4Header) { work.insert(.ipv4Header) }
    if checksums.contains(.tcp) { work.insert(.tcp) } else if checksums.contains(.udp) { work.insert(.udp) }
    info.transport = .checksum(TransmitChecksumInfo(work, transportHeaderOffset: UInt32(transportHeaderOffset)))
  }

  /// A large send: TCP in pieces of `segmentByteCount` bytes of payload, below 2^20, with all checksums. The TCP header
  /// begins `tcpHeaderOffset` bytes behind the frame's first, at most 1023.
  public init(segmentByteCount: Int, of version: IPVersion, tcpHeaderOffset: Int) {
    info.transport = .largeSend(
      LargeSendInfo(
        segmentByteCount: UInt32(segmentByteCount), tcpHeaderOffset: UInt32(tcpHeaderOffset), isIPv6: version == .v6))
  }

  /// The tag that goes behind the frame's addresses. Its four bytes count as part of the frame that is offered.
  public var vlanTag: VLANTag? {
    get { info.vlanTag.map(VLANTag.init(info:)) }
    set { info.vlanTag = newValue?.info }
  }

  /// The hash of the frame's flow, by which the host may steer.
  public var flowHash: UInt32? {
    get { info.flowHash }
    set { info.flowHash = newValue }
  }
}

extension FrameOffload.VLANTag {
  init(info: VLANTagInfo) { self.info = info }
}
