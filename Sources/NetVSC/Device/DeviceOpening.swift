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
    let subchannels = try openSubchannels(&control)
    try control.setPacketFilter([.directed, .multicast, .broadcast])
    try control.settle()

    let version = control.version
    primary.takeBack(control.finish())
    let queues = try makeQueues(sendBuffer, limits, frameByteCount: frameByteCount, receiveBuffer)
    return Device(
      queues: queues, version: version, address: address, offloads: offloads,
      scalesReceives: subchannels.scalesReceives, link: receiveBuffer.link,
      flowSteering: FlowSteering(table: subchannels.table, queueCount: queues.count), clock: configuration.clock,
      farewell: Farewell(
        offer: offer, requestPage: requestPage, configuration: configuration, receiveBuffer: receiveBuffer,
        version: version, memory: memory, gpadls: gpadls))
  }

  /// Gives each channel its part of the send buffer.
  private func makeQueues(
    _ sendBuffer: (bytes: SharedBytes, sectionByteCount: Int), _ limits: RNDISTransmitLimits, frameByteCount: Int,
    _ receiveBuffer: ReceiveBuffer
  ) throws(DeviceError) -> [DeviceQueue] {
    let messageLimits = OpenMessage.Limits(
      packetCount: min(limits.maximumPacketsPerMessage, UInt32(configuration.packetsPerMessage)),
      byteCount: min(UInt32(sendBuffer.sectionByteCount), limits.maximumTransferByteCount),
      alignmentMask: Int(limits.alignment) - 1)
    let transferByteCount = Int(limits.maximumTransferByteCount)
    let directLayout = DirectMemory.Layout(
      headerCount: configuration.lentFramesPerQueue, bufferCount: configuration.largeBuffersPerQueue)
    let copiedByteCount =
      directLayout.bufferCount > 0
      ? min(DirectMemory.bufferByteCount, transferByteCount) : Int(messageLimits.byteCount)
    let maximumFrameByteCount = min(frameByteCount, copiedByteCount - Int(RNDISPacketHeader.encodedSize))
    let (byteCount, sectionByteCount) = (sendBuffer.bytes.byteCount, sendBuffer.sectionByteCount)
    let sectionCount = min(byteCount / sectionByteCount / channels.count, configuration.sectionsPerQueue)
    guard sectionCount > 0 else {
      throw .refused(step: "the send buffer", reason: "\(byteCount) bytes hold no section for each queue")
    }
    let directMemory = try allocate(channels.count * directLayout.byteCount)
    return channels.enumerated().map { index, channel in
      DeviceQueue(
        open: channel, host: offer.host, sendBuffer: sendBuffer.bytes, sectionByteCount: sectionByteCount,
        sections: index * sectionCount..<(index + 1) * sectionCount, directMemory: directMemory,
        directOffset: index * directLayout.byteCount, directLayout: directLayout,
        maximumFrameByteCount: maximumFrameByteCount, messageLimits: messageLimits,
        transferByteCount: transferByteCount, copiedByteCount: copiedByteCount,
        copyThreshold: configuration.copyThreshold, receiveBuffer: index == 0 ? receiveBuffer : nil)
    }
  }
}
