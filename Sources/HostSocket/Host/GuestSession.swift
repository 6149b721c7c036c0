internal import SharedMemory
internal import Synchronization
package import VMBusRing

/// A host that guests in other processes can be served by.
package protocol ServedHost: HostEndpoint {
  /// What it counted so far.
  func report() -> HostReport
  /// Takes all channels away, and ends the host's threads.
  func shutDown()
}

/// One guest in another process, from its greeting to its end. What it says happens on a bus of this process, over which
/// a host runs as over any other; what that does is told to the guest.
///
/// Nothing of what the guest says is believed: a message that breaks a rule ends the session, and nothing else.
package final class GuestSession: BusObserver {
  /// How a session ended.
  package enum End: Equatable, Sendable {
    /// It never said who it is, or was gone before it was welcomed: somebody looked whether a host is there.
    case nobody
    /// The guest hung up, or its process ended.
    case left
    /// The guest was not served any longer, because of what this line says.
    case refused(String)
  }

  private let connection: Connection
  /// How much the guest has placed; the session's thread alone uses it.
  private struct Holdings {
    var memory: [Range<UInt64>] = []
    var gpadlCount = 0
  }
  private let holdings = Mutex(Holdings())

  /// How many memories the guest may place.
  private let memoryLimit: Int

  init(_ connection: Connection, memoryLimit: Int) {
    self.connection = connection
    self.memoryLimit = memoryLimit
  }

  /// Serves the guest on the calling thread, with the host that `makeHost` makes over the bus that it is given, and calls
  /// `welcomed` once it is there to be served. Returns when the guest is gone; the host is shut down then, and its counts
  /// remain. nil: no host can be made, for want of descriptors.
  package func run(_ makeHost: (DeviceBus) -> (any ServedHost)?, welcomed: () -> Void) -> End {
    defer { connection.hangUp() }
    do throws(MessageError) {
      guard try takeGreeting() else { return .nobody }
      let (bus, host) = try makeDevice(makeHost)
      defer {
        host.shutDown()
        bus.tell(nil)
      }
      guard try welcome(to: bus) else { return .nobody }
      welcomed()
      bus.tell(self)
      offered(bus.channels[0])
      let offer = DeviceOffer(bus: bus, host: host)
      while let message = try connection.receive() { try take(message, offer, host) }
      return .left
    } catch {
      connection.hangUp(because: "this guest sent \(error)")
      return .refused("a guest sent \(error); it is not served any longer")
    }
  }

  /// Ends the session from another thread: the guest is told so.
  package func end(because reason: String) { connection.hangUp(because: reason) }

  private func takeGreeting() throws(MessageError) -> Bool {
    guard let message = try connection.receive(timeout: SocketLimits.patience) else { return false }
    try message.expect(0)
    guard case .hello(let version) = try GuestMessage.parse(message.bytes).message else {
      throw MessageError("something else before its greeting")
    }
    guard version == GuestMessage.version else {
      throw MessageError("version \(version) of the protocol, and this host speaks \(GuestMessage.version)")
    }
    return true
  }

  private func makeDevice(
    _ makeHost: (DeviceBus) -> (any ServedHost)?
  ) throws(MessageError) -> (DeviceBus, any ServedHost) {
    do throws(SystemError) {
      let bus = try DeviceBus()
      guard let host = makeHost(bus) else { throw .noDescriptors }
      return (bus, host)
    } catch {
      throw MessageError("its greeting, but there is no room for it (\(error))")
    }
  }

  /// Returns whether the guest is still there.
  private func welcome(to bus: DeviceBus) throws(MessageError) -> Bool {
    do throws(SystemError) {
      try connection.send(.welcome(version: GuestMessage.version, bus.ringMapping))
      return true
    } catch {
      guard error.meansTimeout else { return false }
      throw MessageError("its greeting, and takes no welcome")
    }
  }

  // MARK: What the guest says

  private func take(_ received: ReceivedMessage, _ offer: DeviceOffer, _ host: any ServedHost) throws(MessageError) {
    let (request, message) = try GuestMessage.parse(received.bytes)
    try received.expect(message.descriptorCount)
    var problem = ""
    switch message {
    case .hello: throw MessageError("a second greeting")
    case .place(let pages): try place(try received.takeMemory(at: pages), on: offer.bus)
    case .release(let pages): try release(pages, on: offer.bus)
    case .establish(let gpadl, let pages): try establish(gpadl, pages, on: offer.bus)
    case .withdraw(let gpadl): try withdraw(gpadl, on: offer.bus)
    case .open(let index, let guestToHost, let hostToGuest):
      let rings = ChannelRings(guestToHost: guestToHost, hostToGuest: hostToGuest)
      problem = try open(index, rings, offer) ?? ""
    case .close(let index):
      let channel = try channel(index, of: offer.bus)
      offer.close(channel)
      watch(channel)
    case .offerAnew(let index):
      let before = try channel(index, of: offer.bus)
      offer.close(before)
      let fresh = try received.takeChannel(index)
      _ = offer.bus.enter(fresh)
      watch(fresh)
    case .synchronize: break
    case .report: return try answer(.report(request: request, host.report()))
    }
    if request != 0 { try answer(.answer(request: request, problem: problem)) }
  }

  private func answer(_ message: HostMessage) throws(MessageError) {
    do throws(SystemError) {
      try connection.send(message)
    } catch {
      // Where the guest is gone, that is what the next look finds.
      guard error.meansTimeout else { return }
      throw MessageError("requests, and takes no answers")
    }
  }

  private func place(_ memory: DeviceMemory, on bus: DeviceBus) throws(MessageError) {
    let pages = holdings.withLock { $0.memory.reduce(UInt64(memory.pages.count)) { $0 + UInt64($1.count) } }
    guard pages <= SocketLimits.pageCount, holdings.withLock(\.memory.count) < memoryLimit else {
      throw MessageError("more memory than a guest may have")
    }
    do throws(ChannelError) {
      try bus.addressSpace.place(memory)
    } catch {
      throw MessageError("memory where there is some already, or can be none: pages \(memory.pages)")
    }
    holdings.withLock { $0.memory.append(memory.pages) }
  }

  private func release(_ pages: Range<UInt64>, on bus: DeviceBus) throws(MessageError) {
    guard bus.addressSpace.release(pages) else { throw MessageError("the release of memory that it does not have") }
    holdings.withLock { $0.memory.removeAll { $0 == pages } }
  }

  private func establish(_ gpadl: UInt32, _ pages: Range<UInt64>, on bus: DeviceBus) throws(MessageError) {
    guard holdings.withLock(\.gpadlCount) < SocketLimits.gpadlCount else {
      throw MessageError("more page lists than a guest may have")
    }
    guard bus.enterGPADL(gpadl, pages) else { throw MessageError("page list \(gpadl) twice") }
    holdings.withLock { $0.gpadlCount += 1 }
  }

  private func withdraw(_ gpadl: UInt32, on bus: DeviceBus) throws(MessageError) {
    guard bus.releaseGPADL(gpadl) else {
      throw MessageError("the withdrawal of page list \(gpadl), which is not there")
    }
    holdings.withLock { $0.gpadlCount -= 1 }
  }

  /// Returns why it cannot be opened.
  private func open(_ index: Int, _ rings: ChannelRings, _ offer: DeviceOffer) throws(MessageError) -> String? {
    for pages in [rings.guestToHost, rings.hostToGuest] where pages.count > SocketLimits.ringPageCount {
      throw MessageError("a ring of \(pages.count) pages")
    }
    do throws(ChannelError) {
      _ = try offer.openChannel(index, rings: rings)
      return nil
    } catch .refused(let reason) {
      return reason
    } catch {
      return "\(error)"
    }
  }

  private func channel(_ index: Int, of bus: DeviceBus) throws(MessageError) -> Channel {
    let channels = bus.channels
    guard index < channels.count else { throw MessageError("the name of channel \(index), which was not offered") }
    return channels[index]
  }

  // MARK: What the host does

  package func offered(_ channel: Channel) {
    tell(.offer(index: channel.index), [channel.toHost.share(), channel.toGuest.share()])
    watch(channel)
  }

  /// The guest learns when the channel is taken away.
  private func watch(_ channel: Channel) {
    guard !channel.isRescinded else { return }
    channel.whenRescinded { [weak self, weak channel] in
      guard let self, let channel else { return }
      tell(.rescind(index: channel.index, reason: channel.rescindReason ?? ""))
    }
  }

  /// A guest that takes nothing is not served any longer.
  private func tell(_ message: HostMessage, _ descriptors: [Int32] = []) {
    do throws(SystemError) {
      try connection.send(message, descriptors)
    } catch {
      connection.hangUp()
    }
  }

  // The guest's memory is the guest's affair.
  package func placed(_ memory: DeviceMemory) {}
  package func released(_ pages: Range<UInt64>) {}
  package func established(_ gpadl: UInt32, _ pages: Range<UInt64>) {}
  package func withdrew(_ gpadl: UInt32) {}
}
