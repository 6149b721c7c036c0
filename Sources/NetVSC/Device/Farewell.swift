internal import VMBusRing
internal import WireFormats

/// What a device owes its host at the end.
struct Farewell: Sendable {
  let offer: DeviceOffer
  let requestPage: DeviceMemory
  var configuration: DeviceConfiguration
  let receiveBuffer: ReceiveBuffer
  let version: NVSPVersion
  /// Everything that was allocated, and the handles under which the host knows it.
  var memory: [DeviceMemory]
  var gpadls: [UInt32]

  /// Stops the traffic, ends the dialogue, and takes the buffers back. A host that went away cannot be told.
  func speak(over ends: consuming ChannelEnds, channel: Channel) {
    var control = ControlChannel(
      ends: ends, channel: channel, host: offer.host, requestPage: requestPage, configuration: configuration)
    control.version = version
    control.receiveBuffer = receiveBuffer
    do {
      try control.setPacketFilter([])
      try control.halt()
      try control.post(RevokeReceiveBuffer())
      try control.post(RevokeSendBuffer())
    } catch {
      // Nothing is left to be done about it: the channel closes now, which a host must survive at any time.
    }
  }

  /// Gives the memory back, after the channels are closed.
  func releaseMemory() {
    for handle in gpadls { offer.bus.releaseGPADL(handle) }
    for part in memory { offer.bus.addressSpace.release(part) }
  }
}
