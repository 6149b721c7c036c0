package import SharedMemory
internal import Synchronization

/// What guest and host of one device share besides bytes: the address space, the page lists (GPADLs) and the channels.
package final class DeviceBus: Sendable {
  package let addressSpace: DeviceAddressSpace
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
  private let observation = BusObservation()

  /// A device with its primary channel offered.
  package convenience init(ringMapping: RingMapping = .double) throws(SystemError) {
    try self.init(primary: try Channel(index: 0), ringMapping: ringMapping)
  }

  /// A device with this channel offered.
  package init(primary: Channel, ringMapping: RingMapping) throws(SystemError) {
    precondition(primary.index == 0, "the primary channel has the index 0")
    self.ringMapping = ringMapping
    offers = try Doorbell()
    addressSpace = DeviceAddressSpace(observation)
    state.withLock { $0.channels = [primary] }
  }

  /// Tells `observer` what happens from now on; nil: nobody.
  package func tell(_ observer: (any BusObserver)?) { observation.set(observer) }

  /// The host offers one channel more.
  @discardableResult
  package func offerChannel() throws(SystemError) -> Channel {
    let channel = try state.withLock { state throws(SystemError) in
      let channel = try Channel(index: state.channels.count)
      state.channels.append(channel)
      return channel
    }
    observation.current?.offered(channel)
    return channel
  }

  /// Offers a channel anew in the place of one that nobody will use any more, whoever still holds that.
  package func offerAnew(_ channel: Channel) throws(SystemError) {
    let fresh = try Channel(index: channel.index)
    let isInPlace = state.withLock { state in
      guard state.channels[channel.index] === channel else { return false }
      state.channels[channel.index] = fresh
      state.open.remove(channel.index)
      return true
    }
    if isInPlace { observation.current?.offered(fresh) }
    offers.ring()
  }

  /// Enters a channel that the other process offers: the next one, or one in the place of another that is gone. Returns
  /// whether it fits there.
  package func enter(_ channel: Channel) -> Bool {
    let fits = state.withLock { state in
      switch channel.index {
      case 0..<state.channels.count:
        state.channels[channel.index] = channel
        state.open.remove(channel.index)
      case state.channels.count: state.channels.append(channel)
      default: return false
      }
      return true
    }
    offers.ring()
    return fits
  }

  /// The channels offered so far, the primary first.
  package var channels: [Channel] { state.withLock { $0.channels } }

  /// Describes pages to the host. Returns the handle by which messages name them.
  package func establishGPADL(_ pages: Range<UInt64>) -> UInt32 {
    let handle = state.withLock { state in
      let handle = state.nextHandle
      state.nextHandle += 1
      state.gpadls[handle] = pages
      return handle
    }
    observation.current?.established(handle, pages)
    return handle
  }

  /// Takes down a description that a guest in another process made. Returns whether the handle is new.
  package func enterGPADL(_ handle: UInt32, _ pages: Range<UInt64>) -> Bool {
    state.withLock { state in
      guard state.gpadls[handle] == nil else { return false }
      state.gpadls[handle] = pages
      return true
    }
  }

  /// The descriptions that there are.
  package var gpadls: [UInt32: Range<UInt64>] { state.withLock { $0.gpadls } }

  /// Takes the description back, once the host cannot use it any more. Returns whether there was one.
  @discardableResult
  package func releaseGPADL(_ handle: UInt32) -> Bool {
    guard state.withLock({ $0.gpadls.removeValue(forKey: handle) }) != nil else { return false }
    observation.current?.withdrew(handle)
    return true
  }

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

  /// Whether the guest may lend private memory of its process: the host runs in it, and was made to read that.
  public var lendsPrivateMemory: Bool { host.readsPrivateMemory }

  /// Opens a channel whose two rings lie in the pages of one GPADL: guest to host first, and host to guest from
  /// `downstreamPage` (counted in the list) on.
  package func openChannel(_ index: Int, ringGPADL: UInt32, downstreamPage: Int) throws(ChannelError) -> Channel {
    let pages = try bus.pages(ofGPADL: ringGPADL)
    guard downstreamPage >= 2, downstreamPage <= pages.count - 2 else { throw .badPages(pages) }
    let split = pages.lowerBound + UInt64(downstreamPage)
    return try openChannel(
      index, rings: ChannelRings(guestToHost: pages.lowerBound..<split, hostToGuest: split..<pages.upperBound))
  }

  /// Opens a channel whose two rings lie in these pages.
  package func openChannel(_ index: Int, rings: ChannelRings) throws(ChannelError) -> Channel {
    // One that was taken away may be on offer anew.
    let channels = bus.channels
    if !channels.indices.contains(index) || channels[index].isRescinded { host.awaitOffers() }
    let channel = try bus.markOpen(index)
    do {
      try host.open(channel, rings: rings)
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
