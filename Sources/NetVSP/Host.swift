public import SharedMemory
public import VMBusRing

/// The other end of the rings: a virtual switch provider, which takes the place of a hypervisor's.
///
/// A guest opens what `offer` gives it. The host reads what the guest sends, judges it, hands the frames to a sink and
/// completes every message. It believes nothing a guest says: whatever that writes into the rings and its memory ends in
/// a failed message or a channel that is taken away, never in a trap.
///
/// ```swift
/// let host = try Host(HostConfiguration(execution: .threads, sink: .verify))
/// // … a guest opens host.offer, sends, closes …
/// print(host.statistics().total.receivedPackets)
/// ```
public final class Host: Sendable {
  let device: NetworkDevice
  /// By channel.
  let slots: [ChannelSlot]
  /// nil where there is no source.
  let delivery: FrameDelivery?

  /// A host with a device on offer. Throws when the system has no descriptors left.
  public convenience init(_ configuration: HostConfiguration = HostConfiguration()) throws(SystemError) {
    try self.init(configuration, on: DeviceBus(ringMapping: configuration.ringMapping))
  }

  /// A host with a device whose bus is there already: that of a guest in another process.
  package init(_ configuration: HostConfiguration, on bus: DeviceBus) throws(SystemError) {
    precondition(
      (1...HostConfiguration.channelLimit).contains(configuration.maximumChannelCount),
      "a host has 1 to \(HostConfiguration.channelLimit) channels")
    precondition(
      configuration.sectionByteCount.map { (72...Int(UInt32.max)).contains($0) && $0 % 8 == 0 } ?? true,
      "a section holds more than a header, in whole words")
    precondition(configuration.grantedSubchannelLimit ?? 0 >= 0, "a limit is not negative")
    precondition(
      configuration.faults.closedFromSubchannel ?? 1 >= 1, "sub-channels count from 1; the primary channel opens")
    device = try NetworkDevice(configuration, on: bus)
    let slots = (0..<configuration.maximumChannelCount).map { _ in ChannelSlot() }
    self.slots = slots
    let device = device
    delivery = configuration.source.map { FrameDelivery($0, device: device, slots: slots) }
    if configuration.execution == .threads { try delivery?.startThread() }
  }

  deinit { shutDown() }

  /// The device, for a guest to open.
  public var offer: DeviceOffer { DeviceOffer(bus: device.bus, host: self) }

  /// Whether digests are taken of the frames.
  package var isVerifying: Bool { if case .verify = device.configuration.sink { true } else { false } }

  /// What was counted so far. Each channel is asked between two steps of its own.
  public func statistics() -> HostStatistics {
    HostStatistics(
      channels: slots.map(\.statistics), delivery: delivery?.statistics ?? DeliveryStatistics(),
      problem: device.problem, sinkFailure: device.sinkFailure)
  }

  /// Takes all channels away, as a host that goes away does, and ends the host's threads. What was in flight is lost.
  public func shutDown() {
    delivery?.stop()
    takeAway(device.bus.channels, because: "the host shut down")
  }

  /// Goes away and comes back, after a shut-down as well: takes all channels away, forgets what was agreed, and offers the
  /// device anew. What was in flight is lost; the guest may open the device again, and the counts go on.
  public func restart() throws(SystemError) {
    let channels = device.bus.channels
    takeAway(channels, because: "the host restarted")
    device.forgetGuest()
    // The primary one last: a guest may come as soon as that is on offer.
    for channel in channels.reversed() { try device.bus.offerAnew(channel) }
    try delivery?.resume(hasThread: device.configuration.execution == .threads)
  }

  private func takeAway(_ channels: [Channel], because reason: String) {
    for channel in channels { channel.rescind(because: reason) }
    for channel in channels { slots[channel.index].close(channel, finishing: false) }
  }
}
