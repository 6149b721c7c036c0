internal import CNetVSCInterface
internal import NetVSC

extension FrameOffload {
  private static let checksumFlags = UInt32(NETVSC_OFFLOAD_IPV4_HEADER | NETVSC_OFFLOAD_TCP | NETVSC_OFFLOAD_UDP)
  private static let transportFlags = checksumFlags | UInt32(NETVSC_OFFLOAD_LARGE_SEND)
  private static let flags =
    transportFlags | UInt32(NETVSC_OFFLOAD_IPV6 | NETVSC_OFFLOAD_VLAN | NETVSC_OFFLOAD_FLOW_HASH)

  /// The same for Swift; nil where flags contradict each other, or a value is out of its range.
  init?(_ offload: netvsc_offload) {
    let flags = offload.flags
    func asks(for flag: Int) -> Bool { flags & UInt32(flag) != 0 }
    let isIPv6 = asks(for: NETVSC_OFFLOAD_IPV6)
    let version: IPVersion = isIPv6 ? .v6 : .v4
    guard flags & ~Self.flags == 0, offload.transport_offset <= 1023,
      !(asks(for: NETVSC_OFFLOAD_TCP) && asks(for: NETVSC_OFFLOAD_UDP)),
      !(isIPv6 && asks(for: NETVSC_OFFLOAD_IPV4_HEADER))
    else { return nil }
    self = .none
    if asks(for: NETVSC_OFFLOAD_LARGE_SEND) {
      guard (1..<1 << 20).contains(offload.segment_size), !asks(for: NETVSC_OFFLOAD_UDP) else { return nil }
      self = FrameOffload(
        segmentByteCount: Int(offload.segment_size), of: version, tcpHeaderOffset: Int(offload.transport_offset))
    } else if flags & Self.checksumFlags != 0 {
      var checksums: Checksums = []
      if asks(for: NETVSC_OFFLOAD_IPV4_HEADER) { checksums.insert(.ipv4Header) }
      if asks(for: NETVSC_OFFLOAD_TCP) { checksums.insert(.tcp) }
      if asks(for: NETVSC_OFFLOAD_UDP) { checksums.insert(.udp) }
      self = FrameOffload(checksums, of: version, transportHeaderOffset: Int(offload.transport_offset))
    }
    if asks(for: NETVSC_OFFLOAD_VLAN) { vlanTag = VLANTag(tci: offload.vlan_tci) }
    if asks(for: NETVSC_OFFLOAD_FLOW_HASH) { flowHash = offload.flow_hash }
  }
}

extension FrameOffload.VLANTag {
  /// As it stands in a frame.
  fileprivate init(tci: UInt16) {
    self.init(priority: UInt8(tci >> 13), isDropEligible: tci >> 12 & 1 != 0, vlanID: tci & 0xfff)
  }

  /// The same back.
  var tci: UInt16 { UInt16(priority) << 13 | (isDropEligible ? 1 << 12 : 0) | vlanID }
}

extension netvsc_offload {
  /// How many parts it has that lie in front of the frame, each as long as the others.
  var partCount: Int {
    let transport = UInt32(
      NETVSC_OFFLOAD_IPV4_HEADER | NETVSC_OFFLOAD_TCP | NETVSC_OFFLOAD_UDP | NETVSC_OFFLOAD_LARGE_SEND)
    return (flags & transport != 0 ? 1 : 0) + (flags & UInt32(NETVSC_OFFLOAD_VLAN) != 0 ? 1 : 0)
      + (flags & UInt32(NETVSC_OFFLOAD_FLOW_HASH) != 0 ? 1 : 0)
  }
}

extension Failure {
  static let badOffload = Failure.argument(
    "an offload: flags that contradict each other, a value out of range, or other parts than its room was made for")
}
