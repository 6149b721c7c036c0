import CPlatform
import Foundation
import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing
import VirtualSwitch

@testable import HostSocket

/// A guest that says what a test has it say.
private struct RawGuest {
  let connection: Connection

  /// One that has greeted, and was welcomed and offered a channel, unless it is not to greet.
  init(_ path: String, greets: Bool = true) throws {
    connection = try Connection(to: path)
    if greets { _ = try greet() }
  }

  /// Returns the channel that it is offered.
  func greet() throws -> Channel {
    try connection.send(GuestMessage.hello(version: 1).emit(request: 0))
    _ = try connection.receive(timeout: 5_000_000_000)
    let offer = try #require(try connection.receive(timeout: 5_000_000_000))
    return try offer.takeChannel(0)
  }

  func say(_ message: GuestMessage, _ descriptors: [Int32] = []) throws {
    try connection.send(message.emit(request: 7), descriptors)
  }

  /// The same, with the file of some memory.
  func say(_ message: GuestMessage, of memory: SharedRegion) throws { try say(message, [memory.descriptor]) }

  func ask(_ message: GuestMessage, of memory: SharedRegion) throws -> String? {
    try ask(message, [memory.descriptor])
  }

  /// What the host answers.
  func answer() throws -> HostSocket.HostMessage? {
    try connection.receive(timeout: 5_000_000_000).map { try HostSocket.HostMessage.parse($0.bytes) }
  }

  /// Says something that has an answer. Returns the problem.
  func ask(_ message: GuestMessage, _ descriptors: [Int32] = []) throws -> String? {
    try say(message, descriptors)
    guard case .answer(7, let problem)? = try answer() else { return nil }
    return problem
  }
}

/// Memory as a guest has it, at pages of its choice.
private func memory(pages count: Int) throws -> SharedRegion { try SharedRegion(byteCount: count * 4096) }

@Suite("A host at a socket, whose guest is hostile")
struct HostileGuestTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the host says of it.
    let line: String
    fileprivate let run: @Sendable (RawGuest) throws -> Void

    fileprivate init(_ name: String, _ line: String, _ run: @escaping @Sendable (RawGuest) throws -> Void) {
      testDescription = name
      self.line = line
      self.run = run
    }
  }

  static let attacks: [Attack] = [
    Attack("nothing that can be read", "a message that is too short") { try $0.connection.send([1, 2, 3]) },
    Attack("an unknown message", "a message of type 4711, which is unknown") {
      try $0.connection.send([0x67, 0x12, 0, 0, 0, 0, 0, 0])
    },
    Attack("a message with something behind it", "a message with 1 bytes too many") {
      try $0.connection.send(GuestMessage.synchronize.emit(request: 1) + [0])
    },
    Attack("a message that is far too long", "a message that is too long") {
      try $0.connection.send([UInt8](repeating: 9, count: 60_000))
    },
    Attack("a second greeting", "a second greeting") { try $0.say(.hello(version: 1)) },
    Attack("memory without a file", "0 descriptors with a message that has 1") { try $0.say(.place(0x1000..<0x1001)) },
    Attack("memory with two files", "2 descriptors with a message that has 1") {
      let region = try memory(pages: 1)
      try $0.say(.place(0x1000..<0x1001), [region.descriptor, region.descriptor])
    },
    Attack("more descriptors than can be received", "descriptors with a message that has 0") {
      let region = try memory(pages: 1)
      try $0.say(.synchronize, Array(repeating: region.descriptor, count: 8))
    },
    Attack("memory that can shrink", "memory that is no sealed memory file") {
      let descriptor = platform_memfd_create("unsealed")
      defer { close(descriptor) }
      #expect(ftruncate(descriptor, 4096) == 0)
      try $0.say(.place(0x1000..<0x1001), [descriptor])
    },
    Attack("a file that is no memory", "memory that is no sealed memory file") {
      let descriptor = open("/dev/zero", O_RDWR)
      defer { close(descriptor) }
      try $0.say(.place(0x1000..<0x1001), [descriptor])
    },
    Attack("less memory than it says", "memory of 4096 bytes at 2 pages") {
      try $0.say(.place(0x1000..<0x1002), of: try memory(pages: 1))
    },
    Attack("memory of a giant size", "memory of 4096 bytes at 1099511627776 pages") {
      try $0.say(.place(0x1000..<0x1000 + 1 << 40), of: try memory(pages: 1))
    },
    Attack("pages that cannot be counted", "which cannot be") {
      try $0.say(.place(UInt64.max - 1..<UInt64.max), of: try memory(pages: 1))
    },
    Attack("memory at the first page", "memory where there is some already, or can be none") {
      try $0.say(.place(0..<1), of: try memory(pages: 1))
    },
    Attack("memory over other memory", "memory where there is some already, or can be none") {
      #expect(try $0.ask(.place(0x1000..<0x1004), of: try memory(pages: 4)) == "")
      try $0.say(.place(0x1003..<0x1005), of: try memory(pages: 2))
    },
    Attack("memory in too many pieces", "more memory than a guest may have") { guest in
      let region = try memory(pages: 1)
      for index in 0...UInt64(SocketLimits.memoryCount) {
        let page = 0x1000 + 2 * index
        guard try guest.ask(.place(page..<page + 1), of: region) == "" else { return }
      }
    },
    Attack("the release of what it has not", "the release of memory that it does not have") {
      try $0.say(.release(0x1000..<0x1001))
    },
    Attack("a page list twice", "page list 5 twice") {
      #expect(try $0.ask(.establish(gpadl: 5, 0x1000..<0x1001)) == "")
      try $0.say(.establish(gpadl: 5, 0x1000..<0x1001))
    },
    Attack("the withdrawal of no page list", "page list 5, which is not there") { try $0.say(.withdraw(gpadl: 5)) },
    Attack("a channel beyond all", "channel 64, which cannot be") { try $0.say(.close(index: 64)) },
    Attack("a channel that was not offered", "channel 3, which was not offered") { try $0.say(.close(index: 3)) },
    Attack("a giant ring", "a ring of 1048576 pages") {
      try $0.say(.open(index: 0, guestToHost: 0x1000..<0x1000 + 1 << 20, hostToGuest: 0x1000..<0x1002))
    },
    Attack("bells that are none", "a doorbell that is none") {
      let region = try memory(pages: 1)
      try $0.say(.offerAnew(index: 0), [region.descriptor, region.descriptor])
    },
    Attack("requests, and takes no answers", "requests, and takes no answers") { guest in
      while (try? guest.say(.synchronize)) != nil {}
    },
  ]

  @Test("ends its session with one line, and serves the next guest", arguments: attacks)
  func attack(attack: Attack) throws {
    let served = try ServedGuests()
    let guest = try RawGuest(served.path)
    try attack.run(guest)
    let line = try #require(served.waitForRefusal())
    #expect(line.hasPrefix("a guest sent ") && line.hasSuffix("; it is not served any longer"))
    #expect(line.contains(attack.line), "\(line)")
    try expectService(at: served.path)
  }

  @Test("does so for anything before a greeting, and for another version")
  func greetings() throws {
    for (bytes, line) in [
      (GuestMessage.synchronize.emit(request: 1), "something else before its greeting"),
      (GuestMessage.hello(version: 2).emit(request: 0), "version 2 of the protocol, and this host speaks 1"),
      ([UInt8](repeating: 0, count: 20), "a message of type 0, which is unknown"),
    ] {
      let served = try ServedGuests()
      let guest = try RawGuest(served.path, greets: false)
      try guest.connection.send(bytes)
      #expect(served.waitForRefusal()?.contains(line) == true)
      guard case .farewell(let reason)? = try guest.answer() else { return #expect(Bool(false), "no farewell") }
      #expect(reason.contains(line))
      try expectService(at: served.path)
    }
  }

  @Test("answers what only this guest suffers from, and goes on")
  func answers() throws {
    let served = try ServedGuests()
    let guest = try RawGuest(served.path)
    let rings = (0x1000..<0x1003 as Range<UInt64>, 0x1003..<0x1006 as Range<UInt64>)
    let open = GuestMessage.open(index: 0, guestToHost: rings.0, hostToGuest: rings.1)
    #expect(try guest.ask(open)?.contains("are not one run of the device's address space") == true)
    #expect(try guest.ask(.place(0x1000..<0x1006), of: try memory(pages: 6)) == "")
    #expect(try guest.ask(.open(index: 1, guestToHost: rings.0, hostToGuest: rings.1)) == "channel 1 was not offered")
    #expect(try guest.ask(open) == "")
    #expect(try guest.ask(open) == "channel 0 is open already")
    #expect(try guest.ask(.close(index: 0)) == "")
    #expect(try guest.ask(.close(index: 0)) == "")
    #expect(try guest.ask(open) == "")
    // Memory that is taken away while a channel uses it.
    #expect(try guest.ask(.release(0x1000..<0x1006)) == "")
    #expect(try guest.ask(.synchronize) == "")
    #expect(!served.events.contains { if case .refused = $0 { true } else { false } })
  }

  @Test("survives any bytes, whatever they are")
  func anyBytes() throws {
    let served = try ServedGuests()
    var random = SeededGenerator(seed: 0x50C4)
    for _ in 0..<100 {
      let guest = try RawGuest(served.path)
      for _ in 0..<10 {
        var bytes = [UInt8](repeating: 0, count: Int.random(in: 1...80, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        // A type that exists, more often than not.
        for index in 0..<min(4, bytes.count) {
          bytes[index] = index == 0 ? UInt8.random(in: 0...11, using: &random) : 0
        }
        guard (try? guest.connection.send(bytes)) != nil else { break }
      }
    }
    try expectService(at: served.path)
  }

  @Test("takes a guest that died before its welcome for nobody")
  func deathBeforeWelcome() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("host")
    let events = Mutex<[HostServer.Event]>([])
    let server = try HostServer(path: path, HostConfiguration(sink: .verify)) { event in
      events.withLock { $0.append(event) }
    }
    do {
      // Nobody is let in yet.
      let guest = try RawGuest(path, greets: false)
      try guest.connection.send(GuestMessage.hello(version: 1).emit(request: 0))
    }
    let thread = try WorkerThread { server.run(onlyOne: true) }
    try expectService(at: path)
    thread.join()
    #expect(server.guestCount == 1)
    let names = events.withLock(\.self).map { event in
      switch event {
      case .came(let guest): "\(guest) came"
      case .left(let guest, _): "\(guest) left"
      case .refused(let guest, let why, _): "\(guest): \(why)"
      }
    }
    #expect(names == ["1 came", "1 left"])
  }

  @Test("is not kept by guests that say nothing")
  func silence() throws {
    let served = try ServedGuests()
    let quiet = try (0..<3).map { try RawGuest(served.path, greets: $0 > 0) }
    try expectService(at: served.path)
    _ = quiet
    // The one that never greeted is sent away.
    #expect(served.waitForRefusal()?.contains("nothing came in time") == true)
  }

  @Test("ends although a guest filled its bells, and had calls on them block")
  func filledBells() throws {
    let served = try ServedGuests()
    let guest = try RawGuest(served.path, greets: false)
    let channel = try guest.greet()
    for bell in [channel.toHost, channel.toGuest] {
      #expect(fcntl(bell.share(), F_SETFL, O_RDWR) == 0)
      var most = UInt64.max - 1
      #expect(write(bell.share(), &most, 8) == 8)
    }
    guest.connection.hangUp()
    #expect(served.waitFor { $0.isEnd(ofGuest: 1) } != nil)
    // Lets a host go on that is held up.
    for bell in [channel.toHost, channel.toGuest] { bell.wait(timeout: 0) }
  }

  @Test("ends although a guest answers its bells")
  func stolenBells() throws {
    let served = try ServedGuests()
    let guest = try RawGuest(served.path, greets: false)
    let bell = try guest.greet().toHost
    let rings = (0x1000..<0x1003 as Range<UInt64>, 0x1003..<0x1006 as Range<UInt64>)
    #expect(try guest.ask(.place(0x1000..<0x1006), of: try memory(pages: 6)) == "")
    #expect(try guest.ask(.open(index: 0, guestToHost: rings.0, hostToGuest: rings.1)) == "")
    // The host's thread sleeps by then.
    WorkerThread.sleep(50_000_000)
    let isOver = Atomic(false)
    let thief = try WorkerThread { while !isOver.load(ordering: .relaxed) { bell.wait(timeout: 0) } }
    guest.connection.hangUp()
    #expect(served.waitFor { $0.isEnd(ofGuest: 1) } != nil)
    isOver.store(true, ordering: .relaxed)
    thief.join()
    // Lets a host go on that is held up.
    bell.ring()
  }

  @Test("leaves descriptors for other guests, however many memories one places")
  func descriptors() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 256, rlim_max: 256)
      guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { exit(1) }
      let served = try ServedGuests()
      let guest = try RawGuest(served.path)
      let region = try memory(pages: 1)
      for page in 0..<220 as Range<UInt64> {
        guard try guest.ask(.place(0x1000 + 2 * page..<0x1001 + 2 * page), of: region) == "" else { break }
      }
      try expectService(at: served.path)
      _ = guest
    }
  }

  @Test("holds nothing of all of them when they are gone")
  func leaks() async {
    await #expect(processExitsWith: .success) {
      let served = try ServedGuests()
      try expectService(at: served.path)
      let guests = served.server.guestCount
      _ = served.waitFor { $0.isEnd(ofGuest: guests) }
      let before = Holdings()
      for attack in HostileGuestTests.attacks {
        let guest = try RawGuest(served.path)
        try attack.run(guest)
        _ = served.waitFor { $0.isEnd(ofGuest: served.server.guestCount) }
      }
      try expectService(at: served.path)
      _ = served.waitFor { $0.isEnd(ofGuest: served.server.guestCount) }
      let after = Holdings()
      guard after == before else {
        print("before \(before), after \(after)")
        exit(1)
      }
    }
  }
}

extension HostServer.Event {
  /// Whether it tells that this guest is gone.
  fileprivate func isEnd(ofGuest number: Int) -> Bool {
    switch self {
    case .came: false
    case .left(let guest, _), .refused(let guest, _, _): guest == number
    }
  }
}

/// Has a guest that means well served.
private func expectService(at path: String) throws {
  let offer = try DeviceOffer.attach(path: path)
  let device = try Device.open(offer)
  let tally = try sendFrames(20, lane: 0, through: device, queue: 0)
  device.close()
  #expect(tally.completed == 20)
  #expect(offer.report()?.digest == tally.digest)
}
