import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Completions")
struct InFlightTableTests {
  /// A sender with `count` frames published, and what the host found of them.
  private func publish(_ count: Int, on bench: GuestBench, by sender: inout Sender) throws -> [GuestPacket] {
    try sender.publish(Frames.numbered(0..<count))
    return try bench.takeAll()
  }

  @Test("in any order give every section back once", arguments: RingMode.allCases, RingMapping.allCases)
  func anyOrder(mode: RingMode, mapping: RingMapping) throws {
    var chance = SeededGenerator(for: "completions in any order")
    let bench = try GuestBench(ringMode: mode, mapping: mapping, sectionsPerQueue: 64)
    var sender = try bench.device.makeSender(queue: 0)
    for round in 0..<20 {
      let packets = try publish(64, on: bench, by: &sender)
      #expect(sender.hasRoom == false)
      let order = round == 0 ? packets : round == 1 ? packets.reversed() : packets.shuffled(using: &chance)
      try bench.complete(order)
      let completed = try sender.poll()
      #expect(completed == 64)
      #expect(sender.hasRoom == true)
      #expect(sender.inFlightCount == 0)
    }
    let counters = sender.finish().counters
    #expect(counters.completed == PacketCount(1280, 1280 * 60))
    #expect(counters.completions == 1280)
    #expect(counters.unknownCompletions == 0)
    #expect(counters.balances)
  }

  @Test("that come twice free nothing the second time, also not what took the section since")
  func duplicate() throws {
    let bench = try GuestBench(sectionsPerQueue: 8)
    var sender = try bench.device.makeSender(queue: 0)
    let first = try publish(8, on: bench, by: &sender)
    try bench.complete([first[3], first[3]])
    var completed = try sender.poll()
    #expect(completed == 1)
    #expect(sender.inFlightCount == 7)
    #expect(sender.counters.unknownCompletions == 1)

    // Slot and section are used again, under another id: the old one names nothing.
    try sender.publish([Frames.numbered(9)])
    let second = try #require(try bench.takeAll().first)
    #expect(second.payload[8..<12] == first[3].payload[8..<12], "the section is the one that came back")
    #expect(second.transactionID != first[3].transactionID)
    try bench.complete([first[3], first[3]])
    completed = try sender.poll()
    #expect(completed == 0)
    #expect(sender.hasRoom == false)
    #expect(sender.counters.unknownCompletions == 3)

    try bench.complete([second])
    completed = try sender.poll()
    #expect(completed == 1)
    #expect(sender.finish().counters.completed == PacketCount(2, 120))
  }

  @Test("that name nothing in flight free nothing, whatever they name")
  func foreign() throws {
    let bench = try GuestBench(sectionsPerQueue: 8)
    var sender = try bench.device.makeSender(queue: 0)
    let packets = try publish(4, on: bench, by: &sender)
    let known = packets[0].transactionID
    let (slot, generation) = (known & 0xFFFF_FFFF, known >> 32)
    let ids: [UInt64] = [
      0, 1, .max, .max - 2, 1 << 63, 0xC000_0000_0000_0000,
      generation << 32, (generation + 1) << 32 | slot, (generation &- 1) << 32 | slot, slot, ~known,
      generation << 32 | 5, generation << 32 | 8, generation << 32 | 9, generation << 32 | 0xFFFF_FFFF,
      known | 1 << 63,
    ]
    for id in ids where !packets.contains(where: { $0.transactionID == id }) {
      try bench.host.send(.completion(of: id, RNDISPacketComplete(status: .success)), on: bench.channel())
    }
    let completed = try sender.poll()
    #expect(completed == 0)
    #expect(sender.inFlightCount == 4)
    let free = try sender.fill()
    #expect(free == 4)
    let counters = sender.counters
    #expect(counters.completions == UInt64(ids.count))
    #expect(counters.unknownCompletions == UInt64(ids.count))
    #expect(counters.completed == PacketCount())
    #expect(sender.latencies.count == 0)
    try bench.complete(packets + bench.takeAll())
    try sender.poll()
    #expect(sender.finish().counters.completed == PacketCount(8, 480))
  }

  @Test("with another status than success count as failures and free the section", arguments: [0, 2, 5, 6, UInt32.max])
  func failures(status: UInt32) throws {
    let bench = try GuestBench(sectionsPerQueue: 8)
    var sender = try bench.device.makeSender(queue: 0)
    try bench.complete(try publish(8, on: bench, by: &sender), status: NVSPStatus(rawValue: status))
    let completed = try sender.poll()
    #expect(completed == 8)
    let counters = sender.counters
    #expect(counters.failed == PacketCount(8, 480))
    #expect(counters.completed == PacketCount())
    #expect(counters.malformedCompletions == 0)
    #expect(counters.balances)
    let free = try sender.fill()
    #expect(free == 8)
    _ = sender.finish()
  }

  @Test(
    "without a readable status count as failures, and as malformed",
    arguments: [
      [], ExpectedPacket.halves([107, 1]), ExpectedPacket.halves([2, 1, 34, 1]), ExpectedPacket.halves([0, 0]),
      ExpectedPacket.halves([108 << 8, 1]),
    ])
  func malformed(payload: [UInt8]) throws {
    let bench = try GuestBench(sectionsPerQueue: 8)
    var sender = try bench.device.makeSender(queue: 0)
    for packet in try publish(3, on: bench, by: &sender) {
      try bench.host.send(.completion(of: packet.transactionID, payload: payload), on: bench.channel())
    }
    let completed = try sender.poll()
    #expect(completed == 3)
    let counters = sender.counters
    #expect(counters.failed == PacketCount(3, 180))
    #expect(counters.malformedCompletions == 3)
    #expect(counters.balances)
    let free = try sender.fill()
    #expect(free == 8)
    _ = sender.finish()
  }

  @Test("may be as short as the status, or longer than any message", arguments: [8, 16, 28, 32, 40, 4000])
  func anyLength(byteCount: Int) throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for packet in try publish(3, on: bench, by: &sender) {
      try bench.host.send(
        .completion(of: packet.transactionID, RNDISPacketComplete(status: .success), byteCount: byteCount),
        on: bench.channel())
    }
    try sender.poll()
    #expect(sender.finish().counters.completed == PacketCount(3, 180))
  }

  @Test("may come for frames that were sent but not published: nothing is lost or doubled (Linux, of 2020)")
  func early() throws {
    let bench = try GuestBench(sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    let first = try publish(1, on: bench, by: &sender)
    try bench.complete(first)
    try sender.poll()
    // The next id of the slot can be guessed, but the host cannot have seen it: the section stays the frame's own.
    _ = try sender.send(Frames.golden)
    let guessed = (first[0].transactionID >> 32 + 1) << 32 | first[0].transactionID & 0xFFFF_FFFF
    try bench.host.send(.completion(of: guessed, RNDISPacketComplete(status: .success)), on: bench.channel())
    try sender.poll()
    #expect(sender.counters.unknownCompletions == 1)
    _ = try sender.send(Frames.golden)
    try sender.flush()
    let packets = try bench.takeAll()
    #expect(packets.count == 2)
    #expect(Set(packets.map(\.transactionID)).count == 2)
    // Bytes 8 to 11 of the message are the section.
    #expect(Set(packets.map { Array($0.payload[8..<12]) }).count == 2)
    try bench.complete(packets)
    try sender.poll()
    let counters = sender.finish().counters
    #expect(counters.offered == PacketCount(3, 180))
    #expect(counters.published == PacketCount(3, 180))
    #expect(counters.completed == PacketCount(3, 180))
    #expect(counters.balances)
  }

  @Test("that come after the sender gave up name nothing, also not what the next sender sent")
  func afterFinish() throws {
    let bench = try GuestBench(sectionsPerQueue: 8)
    var old = try bench.device.makeSender(queue: 0)
    let late = try publish(5, on: bench, by: &old)
    #expect(old.finish().counters.lost == PacketCount(5, 300))

    var next = try bench.device.makeSender(queue: 0)
    try next.publish(Frames.numbered(10..<12))
    let packets = try bench.takeAll()
    #expect(Set(packets.map(\.transactionID)).isDisjoint(with: late.map(\.transactionID)))
    try bench.complete(late)
    let completed = try next.poll()
    #expect(completed == 0)
    #expect(next.inFlightCount == 2)
    #expect(next.counters.unknownCompletions == 5)
    try bench.complete(packets)
    try next.poll()
    #expect(next.finish().counters.completed == PacketCount(2, 120))
  }

  @Test("that have not come keep their sections from the next sender, until they do")
  func lostSections() throws {
    let bench = try GuestBench(sectionsPerQueue: 8)
    var old = try bench.device.makeSender(queue: 0)
    let late = try publish(5, on: bench, by: &old)
    _ = old.finish()

    var next = try bench.device.makeSender(queue: 0)
    var free = try next.fill()
    #expect(free == 3, "the host may still read the other five")
    let sections = try bench.takeAll().map { Array($0.payload[8..<12]) }
    #expect(Set(sections).isDisjoint(with: late.map { Array($0.payload[8..<12]) }))
    try bench.complete(late)
    try next.poll()
    free = try next.fill()
    #expect(free == 5)
    #expect(next.finish().counters.lost == PacketCount(8, 480))
  }
}
