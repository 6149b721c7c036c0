internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The set-up of a device, step by step. What was done when a step fails is undone.
final class DeviceOpening {
  let offer: DeviceOffer
  let configuration: DeviceConfiguration
  var channels: [OpenChannel] = []
  var memory: [DeviceMemory] = []
  var gpadls: [UInt32] = []

  init(_ offer: DeviceOffer, _ configuration: DeviceConfiguration) {
    self.offer = offer
    self.configuration = configuration
  }

  func open() throws(DeviceError) -> Device {
    do {
      try configuration.validate()
      return try run()
    } catch {
      undo()
      throw error
    }
  }

  private func undo() {
    for open in channels.reversed() { offer.close(open.channel) }
    release(memoryFrom: 0, gpadlsFrom: 0)
  }

  private func run() throws(DeviceError) -> Device {
    let requestPage = try allocate(4096)
    let primary = try openChannel(0)
    guard let ends = primary.takeEnds() else { throw .queueTaken(0) }
    var control = ControlChannel(
      ends: ends, channel: primary.channel, host: offer.host, requestPage: requestPage,
      configuration: configuration)
    control.version = try negotiateVersion(&control)
    try announce(&control)
    let receiveBuffer = try lendReceiveBuffer(&control)
    control.receiveBuffer = receiveBuffer
    let sendBuffer = try lendSendBuffer(&control)
    let limits = try control.initialize()

    let address = try queryAddress(&control)
    let frameByteCount = try queryFrameByteCount(&control)
    try queryLink(&control, receiveBuffer.link)
    let offloads = try agreeOnOffloads(&control)
    let scalesReceives = try openSubchannels(&control)
    try control.setPacketFilter([.directed, .multicast, .broadcast])
    try control.settle()

    let version = control.version
    // What the host did not tell by now comes when a sender of the primary queue polls, or never.
    let steering = SteeringTable(control.indirectionTable, version: version, queueCount: channels.count)
    primary.takeBack(control.finish())
    let queues = try makeQueues(sendBuffer, limits, frameByteCount: frameByteCount, receiveBuffer, steering)
    return Device(
      queues: queues, version: version, address: address, offloads: offloads,
      scalesReceives: scalesReceives, link: receiveBuffer.link, steering: steering, clock: configuration.clock,
      farewell: Farewell(
        offer: offer, requestPage: requestPage, configuration: configuration, receiveBuffer: receiveBuffer,
        version: version, memory: memory, gpadls: gpadls))
  }

}
