import NetVSC
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Senders that share a queue")
struct SharedQueueTests {
  static let modes = [RingMode.ordered, .cooperative]

  private func open(
    _ senderCount: Int, mode: RingMode = .cooperative, sectionsPerQueue: Int = 256
  ) throws -> GuestBench {
    try GuestBench(ringMode: mode, sectionsPerQueue: sectionsPerQueue) { $1.sendersPerQueue = senderCount }
  }

  private func makeSenders(_ count: Int, on bench: GuestBench) throws -> [SenderBox] {
    try (0..<count).map { SenderBox(try bench.device.makeSender(queue: 0, number: $0)) }
  }

  @Test("get the completions of their own messages, whoever polls", arguments: SharedQueueTests.modes, [2, 3, 8, 64])
  func completions(mode: RingMode, count: Int) throws {
    var chance = SeededGenerator(for: "completions of senders that share a queue")
    let bench = try open(count, mode: mode)
    let senders = try makeSenders(count, on: bench)
    for _ in 0..<5 {
      for (number, box) in senders.enumerated() { try box.sender.publish(Frames.numbered(0..<1 + number % 3)) }
      let packets = try bench.takeAll()
      #expect(Set(packets.map(\.transactionID)).count == packets.count)
      try bench.complete(packets.shuffled(using: &chance))
      // The first that polls takes them all.
      let first = Int.random(in: 0..<count, using: &chance)
      let own = try senders[first].sender.poll()
      #expect(own == 1 + first % 3)
      for number in 0..<count where number != first {
        let completed = try senders[number].sender.poll()
        #expect(completed == 1 + number % 3)
      }
      for box in senders { #expect(box.sender.inFlightCount == 0) }
    }
    for (number, box) in senders.enumerated() {
      let counters = box.finish().counters
      let packets = UInt64(5 * (1 + number % 3))
      #expect(counters.completed == PacketCount(packets, 60 * packets))
      #expect(counters.completions == packets)
      #expect(counters.unknownCompletions == 0)
      #expect(counters.balances)
    }
    bench.device.close()
    #expect(bench.host.leftovers == [])
  }

  @Test("come as many as there are places, and go")
  func places() throws {
    let bench = try open(2)
    let first = try bench.device.makeSender(queue: 0)
    let second = try bench.device.makeSender(queue: 0)
    #expect([first.number, second.number] == [0, 1])
    #expect(throws: DeviceError.queueTaken(0)) { _ = try bench.device.makeSender(queue: 0) }
    #expect(throws: DeviceError.queueTaken(0)) { _ = try bench.device.makeSender(queue: 0, number: 1) }
    #expect(throws: DeviceError.queueTaken(0)) { _ = try bench.device.makeSender(queue: 0, number: 2) }
    _ = first.finish()
    var again = try bench.device.makeSender(queue: 0)
    #expect(again.number == 0)
    try again.publish([Frames.golden])
    let drained = try again.drain(timeout: 1_000_000)
    #expect(drained)
    // However often they come and go, a ring does not run out of writers.
    var last = again
    for _ in 0..<200 {
      _ = last.finish()
      last = try bench.device.makeSender(queue: 0, number: 0)
    }
    _ = last.finish()
    _ = second.finish()
    bench.device.close()
    #expect(bench.host.leftovers == [])
  }

  @Test("need a ring that can be shared")
  func exclusive() throws {
    let host = try ScriptedHost()
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.sendersPerQueue = 2
    configuration.ringMode = .exclusive
    #expect(throws: DeviceError.badConfiguration("an exclusive ring has one sender, not 2")) {
      try Device.open(host.offer, configuration)
    }
    configuration.sendersPerQueue = 65
    configuration.ringMode = nil
    #expect(throws: DeviceError.badConfiguration("senders per queue: from 1 to 64, not 65")) {
      try Device.open(host.offer, configuration)
    }
  }

  @Test("survive completions that name no sender, another's free slots, and come more often than messages went")
  func foreign() throws {
    let bench = try open(2, sectionsPerQueue: 8)
    let senders = try makeSenders(2, on: bench)
    try senders[1].sender.publish(Frames.numbered(0..<4))
    let packets = try bench.takeAll()
    let id = packets[0].transactionID
    let success = packets.map { bench.host.complete($0, status: .success) }
    // A sender that is not there, and every slot of one that is.
    for number in [2, 3, 77, 4095] as [UInt64] {
      try bench.host.send(
        HostMessage.completion(of: id & 0xFFFF_FFFF_000F_FFFF | number << 20, payload: success[0].payload),
        on: bench.channel())
    }
    for slot in 5..<20 as Range<UInt64> {
      try bench.host.send(
        HostMessage.completion(of: id & ~0xFFFFF | slot, payload: success[0].payload), on: bench.channel())
    }
    var sent = 0
    for _ in 0..<500 {
      try bench.host.send(success[0], on: bench.channel())
      sent += 1
    }
    try senders[0].sender.poll()
    let completed = try senders[1].sender.poll()
    #expect(completed == 1)
    try bench.complete(packets[1...])
    try senders[0].sender.poll()
    try senders[1].sender.poll()
    let counters = senders.map { $0.finish().counters }
    #expect(counters[0].completed == PacketCount(0, 0))
    #expect(counters[1].completed == PacketCount(4, 240))
    #expect(counters[0].completions + counters[1].completions == UInt64(4 + 15 + sent + 3))
    #expect(counters[0].unknownCompletions + counters[1].unknownCompletions == UInt64(4 + 15 + sent - 1))
    for counters in counters { #expect(counters.balances) }
  }

  @Test("lose nothing to a host that completes every message twice, however full they are")
  func everythingTwice() throws {
    // 504 sections and 8 slots each make 512, a power of two: a mailbox of just that size has no room to spare.
    let bench = try GuestBench(ringMode: .cooperative, sectionsPerQueue: 1008) {
      $1.sendersPerQueue = 2
      $1.lentFramesPerQueue = 16
    }
    let senders = try makeSenders(2, on: bench)
    let filled = try senders[1].sender.fill()
    #expect(filled == 504)
    let packets = try bench.takeAll()
    for packet in packets { try bench.complete([packet, packet]) }
    // The other takes them all out of the ring, before the one that they are for looks.
    try senders[0].sender.poll()
    var completed = 0
    while case let more = try senders[1].sender.poll(), more > 0 { completed += more }
    #expect(completed == 504)
    let counters = senders[1].finish().counters
    #expect(counters.completed.packets == 504)
    #expect(counters.lost.packets == 0)
    _ = senders[0].finish()
  }

  @Test("all end when the host breaks the ring, or takes the channel away; what came before counts")
  func broken() throws {
    for breaks in [true, false] {
      let bench = try open(3)
      let senders = try makeSenders(3, on: bench)
      for box in senders { try box.sender.publish(Frames.numbered(0..<2)) }
      let packets = try bench.takeAll()
      try bench.complete(packets[..<4])
      if breaks {
        try senders[0].sender.poll()
        bench.channel().hostToGuest.ring.writeIndex.storeReleasing(4)
      } else {
        bench.channel().channel.rescind(because: "unplugged")
      }
      for box in senders {
        #expect(throws: SenderError.self) { try box.sender.poll() }
        _ = try box.sender.send(Frames.golden)
        #expect(throws: SenderError.self) { try box.sender.flush() }
      }
      var total = QueueCounters()
      for box in senders { total += box.finish().counters }
      #expect(total.offered == PacketCount(9, 540))
      #expect(total.completed == PacketCount(4, 240))
      #expect(total.lost == PacketCount(5, 300))
      #expect(total.balances)
    }
  }

  @Test("acknowledge what the host delivers once, whoever takes it")
  func acknowledgements() throws {
    let bench = try open(2)
    let senders = try makeSenders(2, on: bench)
    for number in 0..<4 {
      let bytes = poisoned(20) { RNDISIndicateStatus(status: .mediaConnect).emit(into: &$0) }
      try bench.host.send(.received(bytes, transactionID: UInt64(100 + number)), on: bench.channel())
      try senders[number % 2].sender.poll()
    }
    let acknowledged = try bench.takeAll().filter { $0.type == .completion }.map(\.transactionID)
    #expect(acknowledged.sorted() == [100, 101, 102, 103])
    let counters = senders.map { $0.finish().counters }
    #expect(counters[0].receivesAcknowledged + counters[1].receivesAcknowledged == 4)
  }

  @Test("keep what they lent until it comes back to them", arguments: SharedQueueTests.modes)
  func lent(mode: RingMode) throws {
    let bench = try open(2, mode: mode)
    let senders = try makeSenders(2, on: bench)
    let memory = try bench.device.allocate(byteCount: 4096)
    try senders[0].sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: 7)
    try senders[1].sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: 8)
    try bench.complete(try bench.takeAll())
    var returned: [UInt64] = []
    try senders[1].sender.poll { returned.append($0.cookie) }
    #expect(returned == [8])
    try senders[0].sender.poll { returned.append($0.cookie) }
    #expect(returned == [8, 7])
    for box in senders { #expect(box.finish().counters.balances) }
  }
}
