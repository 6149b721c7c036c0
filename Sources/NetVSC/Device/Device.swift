internal import SharedMemory
internal import Synchronization
public import VMBusRing
internal import WireFormats

/// A network device as its guest sees it: opened, with its queues ready for their senders.
///
/// The device starts no threads: its owner's threads send, poll and wait. Opening and closing are for one thread; the
/// senders may be anywhere meanwhile, but must be finished before `close`.
public final class Device: Sendable {
  /// How many queues there are: as many as were asked for, or fewer where the host granted or opened fewer.
  public let queueCount: Int
  /// The longest frame that is carried, from the destination address on, in bytes.
  public let maximumFrameByteCount: Int
  /// The version of the protocol that was agreed, such as "NVSP 6.1".
  public let protocolVersion: String
  /// The device's Ethernet address, such as "00:15:5d:01:02:03".
  public let address: String
  /// How frames find their queue by flow.
  public let flowSteering: FlowSteering

  let addressSpace: DeviceAddressSpace
  private let queues: [DeviceQueue]
  private let clock: Clock
  /// What `close` needs; taken by the first one.
  private let farewell: Mutex<Farewell?>

  /// Opens the device that a host offers: agrees on a version, lends the buffers, begins the RNDIS dialogue, and opens a
  /// channel per queue.
  ///
  /// Runs on the calling thread until the device is ready; each answer of the host is waited for no longer than
  /// `configuration.answerTimeout`.
  public static func open(_ offer: DeviceOffer, _ configuration: DeviceConfiguration = DeviceConfiguration())
    throws(DeviceError) -> Device
  {
    try DeviceOpening(offer, configuration).open()
  }

  init(
    queues: [DeviceQueue], version: NVSPVersion, address: EthernetAddress, maximumFrameByteCount: Int,
    flowSteering: FlowSteering, clock: Clock, farewell: Farewell
  ) {
    queueCount = queues.count
    self.maximumFrameByteCount = maximumFrameByteCount
    protocolVersion = version.name ?? "\(version)"
    self.address = "\(address)"
    addressSpace = farewell.offer.bus.addressSpace
    self.queues = queues
    self.flowSteering = flowSteering
    self.clock = clock
    self.farewell = Mutex(farewell)
  }

  deinit { close() }

  /// The sender of one queue. There is one at a time; `Sender.finish` gives the queue back.
  public func makeSender(queue index: Int) throws(DeviceError) -> Sender {
    guard queues.indices.contains(index), let ends = queues[index].open.takeEnds() else { throw .queueTaken(index) }
    return Sender(queue: queues[index], ends: ends, clock: clock)
  }

  /// Says farewell to the host, closes the channels and gives the memory back. Later calls do nothing.
  ///
  /// A sender that was not finished keeps its queue's ends, and the primary one's are needed to speak to the host: then
  /// the channels are just closed, as when a guest dies.
  public func close() {
    guard let farewell = farewell.withLock({ $0.take() }) else { return }
    if let ends = queues[0].open.takeEnds() { farewell.speak(over: ends, channel: queues[0].channel) }
    for queue in queues.reversed() { farewell.offer.close(queue.channel) }
    farewell.releaseMemory()
  }
}

/// What a device owes its host at the end.
struct Farewell: Sendable {
  let offer: DeviceOffer
  let requestPage: DeviceMemory
  let configuration: DeviceConfiguration
  let receiveBuffer: (bytes: SharedBytes, subAllocationByteCount: UInt32)
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
      try control.set(.currentPacketFilter, to: PacketFilter(), step: "the packet filter")
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
