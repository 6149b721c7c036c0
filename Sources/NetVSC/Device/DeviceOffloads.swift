internal import WireFormats

/// The work on frames that a host does for its guest, for each packet that asks for it. What a host does not do is left
/// out: a device opens without.
public struct DeviceOffloads: Equatable, Sendable {
  /// Checksums that the host fills.
  public struct Checksums: OptionSet, Sendable {
    /// One bit for each kind.
    public let rawValue: UInt8
    /// The kinds whose bits are set.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// That of the IPv4 header.
    public static let ipv4Header = Self(rawValue: 1 << 0)
    /// That of TCP over IPv4.
    public static let tcpIPv4 = Self(rawValue: 1 << 1)
    /// That of UDP over IPv4.
    public static let udpIPv4 = Self(rawValue: 1 << 2)
    /// That of TCP over IPv6.
    public static let tcpIPv6 = Self(rawValue: 1 << 3)
    /// That of UDP over IPv6.
    public static let udpIPv6 = Self(rawValue: 1 << 4)
  }

  /// How long TCP packets are cut into segments (large send offload, version 2).
  public struct LargeSend: Equatable, Sendable {
    /// The longest packet that is taken, in bytes.
    public let maximumByteCount: Int
    /// A packet that makes fewer segments is to be sent without.
    public let minimumSegmentCount: Int
  }

  /// The checksums that the host fills for packets that ask for it.
  public let checksums: Checksums
  /// nil where the host does not cut TCP packets over IPv4.
  public let largeSendIPv4: LargeSend?
  /// nil where the host does not cut TCP packets over IPv6.
  public let largeSendIPv6: LargeSend?
  /// Whether the host puts 802.1Q tags into frames that come beside them.
  public let takesVLANTags: Bool

  /// Nothing but tags, if that.
  init(takesVLANTags: Bool) {
    checksums = []
    largeSendIPv4 = nil
    largeSendIPv6 = nil
    self.takesVLANTags = takesVLANTags
  }

  /// What of a host's capabilities holds for any packet, whatever options its headers have.
  init(_ capabilities: NDISOffloadCapabilities, takesVLANTags: Bool) {
    let tcp: NDISOffloadCapabilities.Work = [.tcp, .tcpOptions]
    var checksums: Checksums = []
    if capabilities.checksumsIPv4.contains(.ipHeader) { checksums.insert(.ipv4Header) }
    if capabilities.checksumsIPv4.isSuperset(of: tcp) { checksums.insert(.tcpIPv4) }
    if capabilities.checksumsIPv4.contains(.udp) { checksums.insert(.udpIPv4) }
    if capabilities.checksumsIPv6.isSuperset(of: tcp) { checksums.insert(.tcpIPv6) }
    if capabilities.checksumsIPv6.contains(.udp) { checksums.insert(.udpIPv6) }
    self.checksums = checksums
    largeSendIPv4 = capabilities.largeSendIPv4.flatMap(LargeSend.init)
    let cutsIPv6 = capabilities.largeSendIPv6Headers.isSuperset(of: [.ipOptions, .tcpOptions])
    largeSendIPv6 = cutsIPv6 ? capabilities.largeSendIPv6.flatMap(LargeSend.init) : nil
    self.takesVLANTags = takesVLANTags
  }

  /// What the host is asked to do: these, and nothing else. Frames that come are checked by whoever takes them.
  func parameters(revision: UInt8) -> NDISOffloadParameters {
    func checksum(_ kind: Checksums) -> NDISOffloadParameters.Checksum { checksums.contains(kind) ? .transmit : .off }
    var parameters = NDISOffloadParameters(revision: revision)
    parameters.ipv4Header = checksum(.ipv4Header)
    parameters.tcpIPv4 = checksum(.tcpIPv4)
    parameters.udpIPv4 = checksum(.udpIPv4)
    parameters.tcpIPv6 = checksum(.tcpIPv6)
    parameters.udpIPv6 = checksum(.udpIPv6)
    parameters.largeSendVersion1 = .off
    parameters.largeSendIPv4 = largeSendIPv4 == nil ? .off : .on
    parameters.largeSendIPv6 = largeSendIPv6 == nil ? .off : .on
    return parameters
  }
}

extension DeviceOffloads.LargeSend {
  /// nil where no packet could be cut.
  fileprivate init?(_ capability: NDISOffloadCapabilities.LargeSend) {
    guard capability.maximumByteCount > 0 else { return nil }
    maximumByteCount = Int(capability.maximumByteCount)
    minimumSegmentCount = Int(capability.minimumSegmentCount)
  }
}
