internal import VMBusRing
internal import WireFormats

extension DeviceOpening {
  /// What common guests spread received frames by, if the host does not tell.
  private static let commonIndirectionEntryCount: UInt16 = 128
  /// What frames are hashed by, as far as the host can.
  private static let wantedHash: ReceiveScaleHash = [.toeplitz, .ipv4, .tcpIPv4, .ipv6, .tcpIPv6]

  /// Opens as many sub-channels as are wanted, granted, and willing. Returns whether the host spreads received frames
  /// over them.
  func openSubchannels(_ control: inout ControlChannel) throws(DeviceError) -> Bool {
    guard configuration.queueCount > 1, control.version >= .v5 else { return false }
    let capabilities: NDISReceiveScaleCapabilities? = try control.query(
      .receiveScaleCapabilities, structure: NDISReceiveScaleCapabilities.queryHeader, step: "receive scaling")
    let wanted = Self.queueCount(configuration.queueCount, limitedBy: capabilities) - 1
    guard wanted > 0 else { return false }
    let answer: SubchannelComplete = try control.request(
      SubchannelRequest(subchannelCount: UInt32(wanted)), step: "the sub-channels")
    let granted = answer.status == .success ? min(Int(answer.subchannelCount), wanted) : 0
    openSubchannels(granted)
    guard channels.count > 1 else { return false }
    return try scaleReceives(&control, capabilities)
  }

  /// How many queues to ask for: some hosts grant none to a guest that asks for more than they have.
  private static func queueCount(_ wanted: Int, limitedBy capabilities: NDISReceiveScaleCapabilities?) -> Int {
    guard let capabilities, capabilities.receiveQueueCount > 0 else { return wanted }
    return min(wanted, Int(capabilities.receiveQueueCount))
  }

  /// The device works on the channels that open; `queueCount` says how many. Queues are numbered like their channels, so
  /// none behind the first that fails is tried.
  private func openSubchannels(_ count: Int) {
    for index in 1..<count + 1 {
      guard (try? openChannel(index)) != nil else { return }
    }
  }

  /// Has the host spread received frames evenly over the open channels. Returns whether it does.
  private func scaleReceives(
    _ control: inout ControlChannel, _ capabilities: NDISReceiveScaleCapabilities?
  ) throws(DeviceError) -> Bool {
    guard let capabilities, capabilities.hash.contains(.toeplitz) else { return false }
    let told = capabilities.indirectionEntryCount
    let entryCount = told == 0 ? Self.commonIndirectionEntryCount : min(told, Self.commonIndirectionEntryCount)
    let channelCount = UInt32(channels.count)
    let table = (0..<UInt32(entryCount)).map { $0 % channelCount }
    // Off, then on: as other guests change it, so that no frame meets half a change.
    for flags in [.disabled, []] as [NDISReceiveScaleParameters.Flags] {
      let parameters = NDISReceiveScaleParameters(
        flags: flags, hash: capabilities.hash.intersection(Self.wantedHash), indirectionTable: table, key: .linux)
      let status = try control.set(.receiveScaleParameters, to: parameters, step: "receive scaling")
      guard status == .success else { return false }
    }
    return true
  }
}
