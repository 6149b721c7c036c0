import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing

@testable import HostSocket

/// A host that greets one guest after the other, does what it is asked, and serves nothing; until this object goes.
private final class PoliteHost: Sendable {
  /// What a guest is done with, as the host sees it.
  enum Reaction { case answer, ignore, hangUp, sendAway }

  let listening: ListeningSocket
  private let thread: WorkerThread
  private let state: Log

  private final class Log: Sendable {
    /// The messages of each guest.
    let messages = Mutex<[[GuestMessage]]>([])
    let connection = Mutex<Connection?>(nil)
    let leftCount = Mutex(0)
  }

  /// `react` tells what a message of which guest, counted from 0, leads to.
  init(at path: String, _ react: @escaping @Sendable (Int, GuestMessage) -> Reaction = { _, _ in .answer }) throws {
    let listening = try ListeningSocket(path: path)
    let state = Log()
    (self.listening, self.state) = (listening, state)
    thread = try WorkerThread {
      while let connection = listening.accept() {
        state.connection.withLock { $0 = connection }
        let guest = state.messages.withLock { messages in
          messages.append([])
          return messages.count - 1
        }
        try? Self.serve(connection) { message in
          state.messages.withLock { $0[guest].append(message) }
          return react(guest, message)
        }
        connection.hangUp()
        state.leftCount.withLock { $0 += 1 }
      }
    }
  }

  deinit {
    listening.close()
    hangUp()
    thread.join()
  }

  func hangUp() { state.connection.withLock(\.self)?.hangUp() }

  /// What guests said, each by itself.
  var messages: [[GuestMessage]] { state.messages.withLock(\.self) }

  /// How many guests are gone.
  var leftCount: Int { state.leftCount.withLock(\.self) }

  private static func serve(_ connection: Connection, _ react: (GuestMessage) -> Reaction) throws {
    let channel = try Channel(index: 0)
    while let received = try connection.receive() {
      let (request, message) = try GuestMessage.parse(received.bytes)
      let reaction = react(message)
      switch reaction {
      case .answer, .sendAway: break
      case .ignore: continue
      case .hangUp: return
      }
      switch message {
      case .hello:
        try connection.send(.welcome(version: 1, .double))
        try connection.send(.offer(index: 0), [channel.toHost.share(), channel.toGuest.share()])
        guard reaction == .answer else { return try connection.send(.farewell("no guest is wanted")) }
      case .report: try connection.send(.report(request: request, HostReport()))
      default: if request != 0 { try connection.send(.answer(request: request, problem: "")) }
      }
    }
  }
}

@Suite("A guest whose host was replaced by another")
struct ReplacedHostTests {
  private static let rings = ChannelRings(guestToHost: 0x1000..<0x1003, hostToGuest: 0x1003..<0x1006)

  private func waitForAnother(than channel: Channel, of offer: DeviceOffer) {
    waitUntil { offer.bus.channels[0] !== channel }
  }

  @Test("does not open or close, at the new one, what the old one offered")
  func oldChannel() throws {
    let folder = try TemporaryFolder()
    let host = try PoliteHost(at: folder.path("host"))
    let offer = try DeviceOffer.attach(path: host.listening.path)
    let channel = offer.bus.channels[0]
    host.hangUp()
    waitForAnother(than: channel, of: offer)
    #expect(throws: ChannelError.rescinded("\(host.listening.path): its process ended")) {
      try offer.host.open(channel, rings: Self.rings)
    }
    offer.host.close(channel)
    offer.host.awaitOffers()
    #expect(host.messages == [[.hello(version: 1)], [.hello(version: 1), .synchronize]])
  }

  @Test("takes no report of the new one for one of the old one")
  func report() throws {
    let folder = try TemporaryFolder()
    let host = try PoliteHost(at: folder.path("host"))
    let offer = try DeviceOffer.attach(path: host.listening.path)
    #expect(offer.report() == HostReport())
    let channel = try offer.openChannel(0, rings: Self.rings)
    #expect(offer.report() == HostReport())
    host.hangUp()
    waitForAnother(than: channel, of: offer)
    #expect(offer.report() == nil)
    _ = try offer.openChannel(0, rings: Self.rings)
    #expect(offer.report() == HostReport())
  }

  @Test("can be given up while the new one does not greet it")
  func silence() throws {
    let folder = try TemporaryFolder()
    let host = try PoliteHost(at: folder.path("host")) { guest, _ in guest == 0 ? .answer : .ignore }
    let offer = Mutex<DeviceOffer?>(try DeviceOffer.attach(path: host.listening.path))
    host.hangUp()
    waitUntil { host.messages.last == [.hello(version: 1)] && host.messages.count >= 2 }
    // Sooner than the guest's own patience ends.
    let thread = try WorkerThread { offer.withLock { $0 = nil } }
    #expect(waitUntil { host.leftCount == 2 } ?? .max < 2_000_000_000)
    thread.join()
  }

  @Test("waits longer each time that one sent it away, before it looks for the next")
  func sentAway() throws {
    let folder = try TemporaryFolder()
    let times = Mutex<[UInt64]>([])
    let host = try PoliteHost(at: folder.path("host")) { _, _ in
      times.withLock { $0.append(MonotonicClock.monotonic.now()) }
      return .sendAway
    }
    let offer = try DeviceOffer.attach(path: host.listening.path)
    waitUntil { times.withLock(\.count) >= 4 }
    let came = times.withLock(\.self)
    try #require(came.count >= 4)
    for (index, pause) in [40_000_000, 80_000_000, 160_000_000].enumerated() {
      #expect(came[index + 1] - came[index] >= pause)
    }
    _ = offer
  }

  @Test("finds its channel taken away when the host dies while it opens it")
  func deathWhileOpening() throws {
    let folder = try TemporaryFolder()
    let host = try PoliteHost(at: folder.path("host")) { guest, message in
      if guest == 0, case .open = message { .hangUp } else { .answer }
    }
    let offer = try DeviceOffer.attach(path: host.listening.path)
    let channel = offer.bus.channels[0]
    let isTakenAway = Mutex(false)
    #expect(throws: ChannelError.rescinded("\(host.listening.path): its process ended")) {
      do {
        _ = try offer.openChannel(0, rings: Self.rings)
      } catch {
        isTakenAway.withLock { $0 = channel.isRescinded }
        throw error
      }
    }
    let isTakenAwayNow = isTakenAway.withLock { $0 }
    #expect(isTakenAwayNow)
  }
}
