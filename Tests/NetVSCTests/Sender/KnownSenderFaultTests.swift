import NetVSC
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What guests of other makers were found to do wrong on their data path, each named by its report.
@Suite("Faults of other guests' senders")
struct KnownSenderFaultTests {
  @Test(
    "a stall is counted, and ends when the host reads, without anything new to send (LIS 442, azure-linux-kernel 42)")
  func stall() throws {
    let bench = try GuestBench(ringByteCount: 2 * 4096, sectionsPerQueue: 100)
    var sender = try bench.device.makeSender(queue: 0)
    let count = try sender.fill()
    #expect(count < 100, "the ring is full before the sections are gone")
    #expect(sender.counters.stops == 1)
    for _ in 0..<3 { try sender.poll() }
    #expect(sender.hasRoom == false)
    try bench.complete(try bench.takeAll())
    try sender.poll()
    #expect(sender.counters.wakes == 1)
    #expect(sender.hasRoom == true)
    let counters = sender.finish().counters
    #expect(counters.completed == counters.offered)
    #expect(counters.balances)
  }

  @Test("the rings hold 1024 messages each way unless told otherwise (machine-config-operator 3755, SAP 522, 576)")
  func defaultRings() throws {
    let bench = try GuestBench(ringByteCount: DeviceConfiguration().ringByteCount, sectionsPerQueue: 1024)
    var sender = try bench.device.makeSender(queue: 0)
    let count = try sender.fill()
    #expect(count == 1024)
    #expect(sender.counters.ringFull == 0)
    try bench.complete(try bench.takeAll())
    while try sender.poll() > 0 {}
    #expect(sender.finish().counters.completed.packets == 1024)
  }

  @Test("reserving more than is sent, over and over, uses nothing up (tcpreplay 1084)")
  func shortCommits() throws {
    let bench = try GuestBench(sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    for round in 0..<1000 {
      do {
        var reservation = try sender.reserve(1514)
        for index in 0..<60 { reservation.bytes.storeBytes(of: 7, toByteOffset: index, as: UInt8.self) }
        if round % 2 == 0 { reservation.commit(byteCount: 60) }
      }
      try sender.flush()
      try bench.complete(try bench.takeAll())
      try sender.poll()
    }
    let counters = sender.finish().counters
    #expect(counters.completed == PacketCount(500, 500 * 60))
    #expect(counters.offered == counters.completed)
    #expect(counters.noSection == 0)
  }

  @Test("whatever the host delivers, sending goes on (WSL 40989)")
  func hostileReceives() throws {
    var chance = SeededGenerator(for: "hostile receives")
    for queue in 0..<2 {
      let bench = try GuestBench(ringByteCount: 16 * 4096) { $1.queueCount = 2 }
      var sender = try bench.device.makeSender(queue: queue)
      for round in 0..<1000 as Range<UInt64> {
        let bytes = chance.bytes(Int.random(in: 0...64, using: &chance))
        let ranges = (0..<Int.random(in: 0...3, using: &chance)).map { _ in
          TransferRange(
            byteCount: Bool.random(using: &chance) ? UInt32(bytes.count) : UInt32(truncatingIfNeeded: chance.next()),
            byteOffset: Bool.random(using: &chance) ? 0 : UInt32(truncatingIfNeeded: chance.next()))
        }
        var message = HostMessage.received(
          bytes, transactionID: round, channelType: Bool.random(using: &chance) ? .control : .data, ranges: ranges,
          pageSetID: Bool.random(using: &chance)
            ? NVSPBufferID.receiveBuffer : UInt16.random(in: 0 ... .max, using: &chance))
        if Int.random(in: 0..<4, using: &chance) == 0 {
          message.header = chance.bytes(8 * Int.random(in: 1...6, using: &chance))
        }
        if Int.random(in: 0..<4, using: &chance) == 0 {
          message.payload = chance.bytes(8 * Int.random(in: 0...5, using: &chance))
        }
        try bench.host.send(message, on: bench.channel(queue))
        try sender.publish([Frames.numbered(Int(round))])
        try sender.poll()
        try bench.complete(try bench.takeAll(queue).filter(\.isFrame))
      }
      try sender.poll()
      let counters = sender.finish().counters
      #expect(counters.completed == PacketCount(1000, 60_000))
      #expect(counters.receivesAcknowledged == 1000)
    }
  }

  @Test("no queue starves another of sections, and one without any still sends (DPDK cc02518132)")
  func starvation() throws {
    let bench = try GuestBench(sectionsPerQueue: 8) { host, configuration in
      configuration.queueCount = 2
      configuration.largeBuffersPerQueue = 2
    }
    var greedy = try bench.device.makeSender(queue: 0)
    let greedyCount = try greedy.fill()
    #expect(greedyCount == 10, "eight sections and two buffers")
    var other = try bench.device.makeSender(queue: 1)
    let otherCount = try other.fill()
    #expect(otherCount == 10)
    #expect(try bench.takeAll(1).map(\.frame) == (0..<10).map { Frames.numbered($0) })
    _ = greedy.finish()
    _ = other.finish()
  }

  @Test("channels may use the same ids: a completion is for its own channel (DPDK ac837bdd22)")
  func identicalIDs() throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    var first = try bench.device.makeSender(queue: 0)
    var second = try bench.device.makeSender(queue: 1)
    try first.publish([Frames.numbered(1)])
    try second.publish([Frames.numbered(2, byteCount: 100)])
    let packets = (first: try bench.takeAll(0), second: try bench.takeAll(1))
    #expect(packets.first.map(\.transactionID) == packets.second.map(\.transactionID))
    try bench.complete(packets.second)
    try first.poll()
    try second.poll()
    #expect(first.counters.completed == PacketCount())
    #expect(second.counters.completed == PacketCount(1, 100))
    try bench.complete(packets.first)
    try first.poll()
    #expect(first.finish().counters.completed == PacketCount(1, 60))
    #expect(second.finish().counters.unknownCompletions == 0)
  }

  @Test("a flood of received packets holds up neither completions nor sending (DPDK 36274f2871)")
  func receiveFlood() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish([Frames.golden])
    let packets = try bench.takeAll()
    for id in 0..<3000 as Range<UInt64> {
      try bench.host.send(.received([], transactionID: id, channelType: .data, ranges: []), on: bench.channel())
    }
    try bench.complete(packets)
    for number in 0..<3 {
      try sender.poll()
      try sender.publish([Frames.numbered(number)])
    }
    #expect(sender.counters.completed.packets == 1)
    #expect(try bench.takeAll().count { $0.isFrame } == 3, "frames went out meanwhile")
    _ = sender.finish()
  }

  @Test("a host with fewer receive queues than are wanted for sending gives as many (DPDK e90020535c)")
  func fewerReceiveQueues() throws {
    let bench = try GuestBench { host, configuration in
      configuration.queueCount = 8
      host.terms.receiveScaling = NDISReceiveScaleCapabilities(
        hash: [.toeplitz, .ipv4, .tcpIPv4], interruptMessageCount: 2, receiveQueueCount: 2, indirectionEntryCount: 128)
    }
    #expect(bench.device.queueCount == 2)
    for queue in 0..<2 {
      var sender = try bench.device.makeSender(queue: queue)
      try sender.publish([Frames.golden])
      try bench.complete(try bench.takeAll(queue))
      try sender.poll()
      #expect(sender.finish().counters.completed.packets == 1)
    }
  }
}
