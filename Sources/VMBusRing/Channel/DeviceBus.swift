package import SharedMemory
internal import Synchronization

/// What guest and host of one device share besides bytes: the address space, the page lists (GPADLs) and the channels.
package final class DeviceBus: Sendable {
  package let addressSpace = DeviceAddressSpace()
  /// How both sides map their rings.
  package let ringMapping: RingMapping

  private struct State {
    var channels: [Channel] = []
    var gpadls: [UInt32: Range<UInt64>] = [:]
    var nextHandle: UInt32 = 1
    var open: Set<Int> = []
  }
  private let state = Mutex(State())
  /// Rung when a channel is offered anew, for a guest that waits for a host which went away.
  package let offers: Doorbell

  /// A device with its primary channel offered.
  package init(ringMapping: RingMapping = .double) throws(SystemError) {
    self.ringMapping = ringMapping
    offers = try Doorbell()
    try offerChannel()
  }

  /// The host offers one channel more.
  @discardableResult
  package func offerChannel() throws(SystemError) -> Channel {
    try state.withLock { state throws(SystemError) in
      let channel = try Channel(index: state.channels.count)
      state.channels.append(channel)
      return channel
    }
  }

  /// Offers a channel anew in the place of one that nobody will use any more, whoever still holds that.
  package func offerAnew(_ channel: Channel) throws(SystemError) {
    let fresh = try Channel(index: channel.index)
    state.withLock { state in
      guard state.channels[channel.index] === channel else { return }
      state.channels[channel.index] = fresh
      state.open.remove(channel.index)
    }
    offers.ring()
  }

  /// The channels offered so far, the primary first.
  package var channels: [Channel] { state.withLock { $0.channels } }

  /// Describes pages to the host. Returns the handle by which messages name them.
  package func establishGPADL(_ pages: Range<UInt64>) -> UInt32 {
    state.withLock { state in
      let handle = state.nextHandle
      state.nextHandle += 1
      state.gpadls[handle] = pages
      return handle
    }
  }

  /// Takes the description back, once the host cannot use it any more.
  package func releaseGPADL(_ handle: UInt32) { state.withLock { _ = $0.gpadls.removeValue(forKey: handle) } }

  /// The pages that a handle names.
  package func pages(ofGPADL handle: UInt32) throws(ChannelError) -> Range<UInt64> {
    guard let pages = state.withLock({ $0.gpadls[handle] }) else { throw .unknownGPADL(handle) }
    return pages
  }

  fileprivate func markOpen(_ index: Int) throws(ChannelError) -> Channel {
    let (channel, isNew) = state.withLock { state -> (Channel?, Bool) in
      guard state.channels.indices.contains(index) else { return (nil, false) }
      return (state.channels[index], state.open.insert(index).inserted)
    }
    guard let channel else { throw .notOffered(index) }
    guard isNew else { throw .alreadyOpen(index) }
    return channel
  }

  /// Notes that a channel can be opened again, unless another was offered in its place.
  fileprivate func markClosed(_ channel: Channel) {
    state.withLock { state in
      if state.channels[channel.index] === channel { state.open.remove(channel.index) }
    }
  }
}

/// A network device that a host offers: what a guest opens.
public struct DeviceOffer: Sendable {
  package let bus: DeviceBus
  package let host: any HostEndpoint

  package init(bus: DeviceBus, host: any HostEndpoint) {
    self.bus = bus
    self.host = host
  }

  /// Opens a channel whose two rings lie in the pages of one GPADL: guest to host first, and host to guest from
  /// `downstreamPage` (counted in the list) on.
  package func openChannel(_ index: Int, ringGPADL: UInt32, downstreamPage: Int) throws(ChannelError) -> Channel {
    let pages = try bus.pages(ofGPADL: ringGPADL)
    guard downstreamPage >= 2, downstreamPage <= pages.count - 2 else { throw .badPages(pages) }
    let channel = try bus.markOpen(index)
    let split = pages.lowerBound + UInt64(downstreamPage)
    do {
      try host.open(
        channel, rings: ChannelRings(guestToHost: pages.lowerBound..<split, hostToGuest: split..<pages.upperBound))
    } catch {
      bus.markClosed(channel)
      throw error
    }
    return channel
  }

  /// Closes a channel. The host touches its rings no more.
  package func close(_ channel: Channel) {
    channel.forgetListeners()
    host.close(channel)
    bus.markClosed(channel)
  }

  /// Closes a channel that threads of the guest still use: they find that it was taken away, and can open another in its
  /// place.
  package func abandon(_ channel: Channel, because reason: String) {
    host.close(channel)
    // Without descriptors for a new one it is not offered any more.
    if !channel.isRescinded { try? bus.offerAnew(channel) }
    channel.rescind(because: reason)
  }
}
