internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The set-up of a device, step by step. What was done when a step fails is undone.
final class DeviceOpening {
  /// As much as the send buffer of other guests may be at most.
  private static let sendBufferLimit = 16 << 20
  /// An Ethernet frame with an IP MTU of 1500.
  private static let commonFrameByteCount = 1514
  /// The size of a section that common hosts have, whatever the size of frames.
  private static let commonSectionByteCount = 6144
  /// What the host is told about frames beside their size. Tags stay in the frame unless somebody offloads them.
  private static let capabilities: SendNDISConfiguration.Capabilities = .ieee8021Q

  private let offer: DeviceOffer
  private let configuration: DeviceConfiguration
  private var channels: [OpenChannel] = []
  private var memory: [DeviceMemory] = []
  private var gpadls: [UInt32] = []

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
    for handle in gpadls { offer.bus.releaseGPADL(handle) }
    for part in memory { offer.bus.addressSpace.release(part) }
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
    let (sendBuffer, sectionByteCount) = try lendSendBuffer(&control)
    let limits = try control.initialize()
    let address: EthernetAddress = try control.query(.permanentAddress, step: "the Ethernet address")

    let table = try openSubchannels(&control)
    try control.set(
      .currentPacketFilter, to: [.directed, .multicast, .broadcast] as PacketFilter, step: "the packet filter")

    let version = control.version
    let messageLimits = OpenMessage.Limits(
      packetCount: min(limits.maximumPacketsPerMessage, UInt32(configuration.packetsPerMessage)),
      byteCount: min(UInt32(sectionByteCount), limits.maximumTransferByteCount),
      alignmentMask: Int(limits.alignment) - 1)
    // A host that cannot be told the frame size takes the common one.
    let frameByteCount = version >= .v2 ? configuration.frameByteCount : Self.commonFrameByteCount
    let transferByteCount = Int(limits.maximumTransferByteCount)
    let directLayout = DirectMemory.Layout(
      headerCount: configuration.lentFramesPerQueue, bufferCount: configuration.largeBuffersPerQueue)
    let copiedByteCount =
      directLayout.bufferCount > 0
      ? min(DirectMemory.bufferByteCount, transferByteCount) : Int(messageLimits.byteCount)
    let maximumFrameByteCount = min(frameByteCount, copiedByteCount - Int(RNDISPacketHeader.encodedSize))
    let sectionCount = min(sendBuffer.byteCount / sectionByteCount / channels.count, configuration.sectionsPerQueue)
    guard sectionCount > 0 else {
      throw .refused(step: "the send buffer", reason: "\(sendBuffer.byteCount) bytes hold no section for each queue")
    }
    let directMemory = try allocate(channels.count * directLayout.byteCount)
    primary.takeBack(control.finish())
    let queues = channels.enumerated().map { index, channel in
      DeviceQueue(
        open: channel, host: offer.host, sendBuffer: sendBuffer, sectionByteCount: sectionByteCount,
        sections: index * sectionCount..<(index + 1) * sectionCount, directMemory: directMemory,
        directOffset: index * directLayout.byteCount, directLayout: directLayout,
        maximumFrameByteCount: maximumFrameByteCount, messageLimits: messageLimits,
        transferByteCount: transferByteCount, copiedByteCount: copiedByteCount,
        copyThreshold: configuration.copyThreshold)
    }
    return Device(
      queues: queues, version: version, address: address, maximumFrameByteCount: maximumFrameByteCount,
      flowSteering: FlowSteering(table: table, queueCount: queues.count), clock: configuration.clock,
      farewell: Farewell(
        offer: offer, requestPage: requestPage, configuration: configuration, receiveBuffer: receiveBuffer,
        version: version, memory: memory, gpadls: gpadls))
  }

  // MARK: Memory and channels

  private func allocate(_ byteCount: Int) throws(DeviceError) -> DeviceMemory {
    do {
      let part = try offer.bus.addressSpace.allocate(byteCount: byteCount)
      memory.append(part)
      return part
    } catch {
      throw .system(error)
    }
  }

  private func establishGPADL(_ part: DeviceMemory) -> UInt32 {
    let handle = offer.bus.establishGPADL(part.pages)
    gpadls.append(handle)
    return handle
  }

  /// Opens the channel of that index, with fresh rings, and enters it behind the others.
  @discardableResult
  private func openChannel(_ index: Int) throws(DeviceError) -> OpenChannel {
    let rings = try allocate(2 * configuration.ringByteCount)
    let downstreamPage = configuration.ringByteCount / DeviceAddressSpace.pageByteCount
    let split = rings.pages.lowerBound + UInt64(downstreamPage)
    let transmit = try mapRing(rings.pages.lowerBound..<split)
    let receive = try mapRing(split..<rings.pages.upperBound)
    // We honour the pending size of the host's ring, and may use it in ours.
    transmit.ring.featureBits.storeRelaxed(1)
    let channel: Channel
    do {
      channel = try offer.openChannel(index, ringGPADL: establishGPADL(rings), downstreamPage: downstreamPage)
    } catch {
      throw .refused(step: "channel \(index)", reason: "\(error)")
    }
    do {
      let open = OpenChannel(
        channel,
        ChannelEnds(
          transmit: try TransmitRing(transmit, mode: configuration.ringMode, of: channel),
          receive: try RingConsumer(receive.ring, keeper: receive)))
      channels.append(open)
      return open
    } catch {
      offer.close(channel)
      throw .refused(step: "channel \(index)", reason: "\(error)")
    }
  }

  private func mapRing(_ pages: Range<UInt64>) throws(DeviceError) -> RingView {
    do {
      return try offer.bus.addressSpace.ring(in: pages, mapping: offer.bus.ringMapping)
    } catch {
      throw .refused(step: "a ring", reason: "\(error)")
    }
  }

  // MARK: NVSP

  private func negotiateVersion(_ control: inout ControlChannel) throws(DeviceError) -> NVSPVersion {
    for version in NVSPVersion.tryOrder where version.rawValue <= configuration.newestVersion {
      let answer: NVSPInitializeComplete = try control.request(
        NVSPInitialize(version: version), step: "\(version)")
      if answer.status == .success { return version }
    }
    throw .refused(step: "every version of NVSP", reason: "none up to the newest that was tried is known to it")
  }

  private func announce(_ control: inout ControlChannel) throws(DeviceError) {
    if control.version >= .v2 {
      try control.post(
        SendNDISConfiguration(
          frameByteCount: UInt32(configuration.frameByteCount), capabilities: Self.capabilities))
    }
    try control.post(control.version.ndisVersion)
  }

  private func lendReceiveBuffer(_ control: inout ControlChannel) throws(DeviceError)
    -> (bytes: SharedBytes, subAllocationByteCount: UInt32)
  {
    let step = "the receive buffer"
    let buffer = try allocate(configuration.receiveBufferByteCount)
    let answer: SendReceiveBufferComplete = try control.request(
      SendReceiveBuffer(gpadl: establishGPADL(buffer)), step: step)
    guard answer.status == .success else { throw .refused(step: step, reason: "\(answer.status)") }
    do {
      let section = try answer.validatedSection(bufferByteCount: UInt64(buffer.region.byteCount))
      return (buffer.region.bytes, section.subAllocationByteCount)
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }

  private func lendSendBuffer(_ control: inout ControlChannel) throws(DeviceError) -> (SharedBytes, Int) {
    let step = "the send buffer"
    // A host's sections are about a frame long, and never shorter than those of common hosts; more is not used.
    let section = max(configuration.frameByteCount + 256, Self.commonSectionByteCount)
    let wanted = configuration.queueCount * configuration.sectionsPerQueue * section
    let buffer = try allocate(min(wanted, Self.sendBufferLimit))
    let answer: SendSendBufferComplete = try control.request(
      SendSendBuffer(gpadl: establishGPADL(buffer)), step: step)
    guard answer.status == .success else { throw .refused(step: step, reason: "\(answer.status)") }
    do {
      let byteCount = try answer.validatedSectionByteCount(bufferByteCount: UInt64(buffer.region.byteCount))
      return (buffer.region.bytes, Int(byteCount))
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }

  // MARK: Sub-channels

  /// Opens as many sub-channels as are wanted, granted, and willing. Returns the host's table, if it sent one.
  private func openSubchannels(_ control: inout ControlChannel) throws(DeviceError) -> SendIndirectionTable? {
    let wanted = configuration.queueCount - 1
    guard wanted > 0, control.version >= .v5 else { return nil }
    let answer: SubchannelComplete = try control.request(
      SubchannelRequest(subchannelCount: UInt32(wanted)), step: "the sub-channels")
    guard answer.status == .success else { return nil }
    let granted = min(Int(answer.subchannelCount), wanted)
    for index in 1..<granted + 1 {
      do {
        try openChannel(index)
      } catch {
        // The device works on the channels that opened; `queueCount` says how many.
        return nil
      }
    }
    return granted > 0 ? try control.waitForIndirectionTable() : nil
  }
}
