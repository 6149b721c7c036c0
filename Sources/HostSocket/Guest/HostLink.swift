internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// What joins a guest's side of a device to its host in another process: what the guest does on the bus is told to the
/// host, and what the host says happens on the bus.
///
/// One thread listens. When the host goes away it takes all channels away, and looks for another host at the path; that
/// is told of the memory which the device still has, and its offer is entered.
final class HostLink: BusObserver {
  /// How long it waits before each look for a host, in nanoseconds: at first, and after hosts that sent it away.
  private static let lookIntervals: (first: UInt64, last: UInt64) = (20_000_000, 640_000_000)

  /// What the host was told of.
  private enum Told: Hashable {
    case memory(Range<UInt64>)
    case gpadl(UInt32)
  }

  /// What the host made of a request.
  struct Answer {
    fileprivate let request: UInt32
    var problem: String?
    var report: HostReport?
  }

  private struct State {
    /// nil while there is no host.
    var connection: Connection?
    /// The one that was made last, to a host that may not have greeted yet.
    var greeting: Connection?
    var told: Set<Told> = []
    /// What this host offered, by index: of other channels it knows nothing.
    var offers: [Int: Channel] = [:]
    /// How many hosts there have been, this one included.
    var hostCount = 0
    /// Which of them opened a channel last.
    var lastOpener: Int?
    var requestCount: UInt32 = 0
    var answer: Answer?
    var isOver = false
  }

  let bus: DeviceBus
  private let path: String
  private let state = Mutex(State())
  /// Held while a request waits for its answer: they are rare, and one at a time is enough.
  private let asking = Mutex(())
  private let answered: Doorbell
  private let over: Doorbell

  /// The device that the host at `path` offers; `listen` has to be called on a thread of its own.
  static func open(_ path: String) throws(SocketError) -> (Greeting, HostLink) {
    let greeting = try Greeting(path: path)
    do throws(SystemError) {
      let link = HostLink(
        path, try DeviceBus(primary: greeting.primary, ringMapping: greeting.ringMapping), try Doorbell(),
        try Doorbell())
      link.bus.tell(link)
      link.begin(greeting)
      return (greeting, link)
    } catch {
      throw .failed(path: path, error)
    }
  }

  private init(_ path: String, _ bus: DeviceBus, _ answered: Doorbell, _ over: Doorbell) {
    self.path = path
    self.bus = bus
    self.answered = answered
    self.over = over
  }

  /// Gives the host up: `listen` returns.
  func end() {
    let connections = state.withLock { state in
      state.isOver = true
      return [state.connection, state.greeting]
    }
    for connection in connections { connection?.hangUp() }
    over.ring()
  }

  // MARK: Asking

  /// Asks the host for something, and waits until it is done. Returns nil where the host went away, or does not answer,
  /// which is the same: the connection is ended then, and all channels are taken away, as a rule before this returns.
  ///
  /// `isMeant` tells whether the host that is there is the one to ask. It is asked while none can go or come.
  @discardableResult
  private func ask(
    _ message: GuestMessage, _ descriptors: [Int32] = [], where isMeant: (inout State) -> Bool = { _ in true }
  ) -> Answer? {
    asking.withLock { _ in
      guard let (request, connection) = send(message, descriptors, where: isMeant) else { return nil }
      let start = MonotonicClock.monotonic.now()
      while true {
        let (answer, isThere) = state.withLock { state in (state.answer, state.connection === connection) }
        if let answer, answer.request == request { return answer }
        guard isThere else { return nil }
        let elapsed = MonotonicClock.monotonic.now() &- start
        guard elapsed < SocketLimits.answerTimeout else {
          connection.hangUp()
          // The listening thread ends all that there was with the host.
          answered.wait(timeout: SocketLimits.patience)
          return nil
        }
        answered.wait(timeout: SocketLimits.answerTimeout - elapsed)
      }
    }
  }

  /// A host that takes nothing is hung up on, and is asked nonetheless: the answer is that it goes.
  private func send(
    _ message: GuestMessage, _ descriptors: [Int32], where isMeant: (inout State) -> Bool
  ) -> (UInt32, Connection)? {
    state.withLock { state in
      guard let connection = state.connection, isMeant(&state) else { return nil }
      // 0 would ask for no answer.
      state.requestCount = max(state.requestCount &+ 1, 1)
      _ = Self.send(message, request: state.requestCount, descriptors, over: connection)
      return (state.requestCount, connection)
    }
  }

  /// A host that takes nothing is given up.
  private static func send(
    _ message: GuestMessage, request: UInt32, _ descriptors: [Int32] = [], over connection: Connection
  ) -> Bool {
    do throws(SystemError) {
      try connection.send(message.emit(request: request), descriptors)
      return true
    } catch {
      connection.hangUp()
      return false
    }
  }

  // MARK: What the guest does

  func placed(_ memory: DeviceMemory) {
    ask(.place(memory.pages), [memory.region.descriptor]) { $0.told.insert(.memory(memory.pages)).inserted }
  }

  func released(_ pages: Range<UInt64>) {
    ask(.release(pages)) { $0.told.remove(.memory(pages)) != nil }
  }

  func established(_ gpadl: UInt32, _ pages: Range<UInt64>) {
    ask(.establish(gpadl: gpadl, pages)) { $0.told.insert(.gpadl(gpadl)).inserted }
  }

  func withdrew(_ gpadl: UInt32) {
    ask(.withdraw(gpadl: gpadl)) { $0.told.remove(.gpadl(gpadl)) != nil }
  }

  /// The guest has a channel offered anew in the place of one that its threads still hold. A host that came meanwhile
  /// has offered another there.
  func offered(_ channel: Channel) {
    ask(.offerAnew(index: channel.index), [channel.toHost.share(), channel.toGuest.share()]) { state in
      guard bus.channels[channel.index] === channel, state.offers[channel.index] != nil else { return false }
      state.offers[channel.index] = channel
      return true
    }
  }

  /// The guest opens a channel. nil: the host went away, or is not the one which offered it.
  func open(_ channel: Channel, rings: ChannelRings) -> Answer? {
    ask(.open(index: channel.index, guestToHost: rings.guestToHost, hostToGuest: rings.hostToGuest)) { state in
      guard state.offers[channel.index] === channel else { return false }
      state.lastOpener = state.hostCount
      return true
    }
  }

  /// The guest closes a channel. A host that came after the one which offered it has nothing to close.
  func close(_ channel: Channel) {
    ask(.close(index: channel.index)) { $0.offers[channel.index] === channel }
  }

  /// Returns once all has been entered that the host had offered before.
  func awaitOffers() { ask(.synchronize) }

  /// What the host counted; nil where it is gone, and where one that came after it has opened nothing yet.
  func report() -> HostReport? {
    ask(.report) { $0.lastOpener == nil || $0.lastOpener == $0.hostCount }?.report
  }

  // MARK: Listening

  /// Does what the host says, of this one and of those after it, until the host is given up.
  func listen(_ first: Connection) {
    var connection = first
    var interval = Self.lookIntervals.first
    while true {
      let (reason, isSentAway) = serve(connection)
      leave(connection, because: reason)
      interval = isSentAway ? min(2 * interval, Self.lookIntervals.last) : Self.lookIntervals.first
      guard let greeting = lookForHost(every: interval) else { return }
      connection = greeting.connection
      begin(greeting)
    }
  }

  /// Returns how it ended, and whether by something that the host said: the next one might say it as well.
  private func serve(_ connection: Connection) -> (reason: String, isSentAway: Bool) {
    do throws(MessageError) {
      while let message = try connection.receive() {
        if let farewell = try take(message) { return ("\(path): \(farewell)", true) }
      }
      return ("\(path): its process ended", false)
    } catch {
      return ("\(path): it sent \(error)", true)
    }
  }

  /// Does what a message says. Returns why the host hangs up, where it says so.
  private func take(_ message: ReceivedMessage) throws(MessageError) -> String? {
    let parsed = try HostMessage.parse(message.bytes)
    try message.expect(parsed.descriptorCount)
    switch parsed {
    case .offer(let index):
      let before = bus.channels
      let channel = try message.takeChannel(index)
      state.withLock { $0.offers[index] = channel }
      guard bus.enter(channel) else { throw MessageError("an offer of channel \(index) too early") }
      if index < before.count { before[index].rescind(because: "the host offers the channel anew") }
    case .rescind(let index, let reason):
      let channels = bus.channels
      guard index < channels.count else { throw MessageError("the rescission of a channel that it never offered") }
      channels[index].rescind(because: reason)
    case .answer(let request, let problem):
      take(Answer(request: request, problem: problem.isEmpty ? nil : problem))
    case .report(let request, let report): take(Answer(request: request, report: report))
    case .farewell(let reason): return reason
    case .welcome: throw MessageError("a second greeting")
    }
    return nil
  }

  private func take(_ answer: Answer) {
    state.withLock { $0.answer = answer }
    answered.ring()
  }

  /// The host is gone: nobody waits for it any more. Whoever waited for its answer finds its channels taken away.
  private func leave(_ connection: Connection, because reason: String) {
    connection.hangUp()
    takeAllAway(because: reason)
    state.withLock { state in
      state.connection = nil
      state.answer = nil
      state.told = []
      state.offers = [:]
    }
    // A channel that the guest offered anew meanwhile.
    takeAllAway(because: reason)
    answered.ring()
  }

  private func takeAllAway(because reason: String) {
    for channel in bus.channels { channel.rescind(because: reason) }
  }

  private func lookForHost(every first: UInt64) -> Greeting? {
    var interval = first
    while !state.withLock(\.isOver) {
      over.wait(timeout: interval)
      do throws(SocketError) {
        return try Greeting(path: path, begin: enter)
      } catch {
        if case .refused = error { interval = min(2 * interval, Self.lookIntervals.last) }
      }
      state.withLock { $0.greeting = nil }
    }
    return nil
  }

  /// Notes whom to hang up on when the host is given up meanwhile.
  private func enter(_ connection: Connection) {
    let isOver = state.withLock { state in
      state.greeting = connection
      return state.isOver
    }
    if isOver { connection.hangUp() }
  }

  /// Tells a host of all there is, enters its offer, and lets requests begin: all at once, for whoever asks.
  private func begin(_ greeting: Greeting) {
    let connection = greeting.connection
    state.withLock { state in
      state.greeting = nil
      state.hostCount += 1
      state.told = []
      state.offers = [0: greeting.primary]
      for memory in bus.addressSpace.memory {
        state.told.insert(.memory(memory.pages))
        guard
          Self.send(.place(memory.pages), request: 0, [memory.region.descriptor], over: connection)
        else { return }
      }
      for (gpadl, pages) in bus.gpadls {
        state.told.insert(.gpadl(gpadl))
        guard Self.send(.establish(gpadl: gpadl, pages), request: 0, over: connection) else { return }
      }
      state.connection = state.isOver ? nil : connection
      _ = bus.enter(greeting.primary)
    }
    if state.withLock(\.isOver) { connection.hangUp() }
  }
}
