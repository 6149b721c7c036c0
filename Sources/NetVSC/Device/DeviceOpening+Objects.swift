internal import WireFormats

/// What the guest asks its adapter at the start. Objects that a host does not have are done without.
extension DeviceOpening {
  /// An Ethernet frame with an IP MTU of 1500.
  private static let commonFrameByteCount = 1514
  private static let ethernetHeaderByteCount = 14
  /// What every link of IPv4 carries (RFC 791): a host that claims less makes no sense.
  private static let minimumMTU: UInt32 = 68

  /// The one object that a host has to have.
  func queryAddress(_ control: inout ControlChannel) throws(DeviceError) -> EthernetAddress {
    let step = "the Ethernet address"
    guard let address: EthernetAddress = try control.query(.permanentAddress, step: step) else {
      throw .refused(step: step, reason: "it has none")
    }
    return address
  }

  /// The longest frame: what was asked for, or less where the host carries less.
  func queryFrameByteCount(_ control: inout ControlChannel) throws(DeviceError) -> Int {
    // A host that cannot be told the frame size takes the common one.
    let wanted = control.version >= .v2 ? configuration.frameByteCount : Self.commonFrameByteCount
    let step = "the frame size"
    guard let mtu: MaximumFrameSize = try control.query(.maximumFrameSize, step: step) else { return wanted }
    guard mtu.rawValue >= Self.minimumMTU else {
      throw .refused(step: step, reason: "an MTU of \(mtu.rawValue) bytes is too small")
    }
    return min(wanted, Int(mtu.rawValue) + Self.ethernetHeaderByteCount)
  }

  /// Whether the link is up now; indications tell from here on.
  func queryLink(_ control: inout ControlChannel, _ link: LinkState) throws(DeviceError) {
    let status: MediaConnectStatus? = try control.query(.mediaConnectStatus, step: "the link")
    if let status { link.take(status) }
  }

  /// Has the host do all the work on frames that it can. Returns what it agreed to.
  func agreeOnOffloads(_ control: inout ControlChannel) throws(DeviceError) -> DeviceOffloads {
    let step = "the offloads"
    let revision = control.version.offloadRevision
    let capabilities: NDISOffloadCapabilities? = try control.query(
      .tcpOffloadHardwareCapabilities, structure: NDISOffloadCapabilities.queryHeader(revision: revision), step: step)
    // Of version 2 on, the announcement said that tags may travel beside their frames; nothing answers that.
    let takesVLANTags = control.version >= .v2
    let none = DeviceOffloads(takesVLANTags: takesVLANTags)
    guard let capabilities else { return none }
    let offloads = DeviceOffloads(capabilities, takesVLANTags: takesVLANTags)
    let status = try control.set(
      .tcpOffloadParameters, to: offloads.parameters(revision: revision), step: step)
    return status == .success ? offloads : none
  }
}
