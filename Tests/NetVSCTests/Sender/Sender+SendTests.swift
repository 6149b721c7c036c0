import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Sending")
struct SenderSendTests {
  @Test(
    "puts the golden bytes into section and ring",
    arguments: RingMode.allCases, RingMapping.allCases)
  func goldenBytes(mode: RingMode, mapping: RingMapping) throws {
    let bench = try GuestBench(ringMode: mode, mapping: mapping)
    var sender = try bench.device.makeSender(queue: 0)
    let outcome = try sender.send(Frames.golden)
    #expect(outcome == .taken)
    try sender.flush()
    let packets = try bench.takeAll()
    try #require(packets.count == 1)
    #expect(packets[0].transactionID != 0)
    #expect(
      packets[0].bytes
        == ExpectedPacket.frame(section: 0, byteCount: 104, id: packets[0].transactionID, start: packets[0].start))
    #expect(packets[0].carried == ExpectedPacket.section(Frames.golden))
    _ = sender.finish()
  }

  @Test("publishes everything since the last flush at once")
  func onePublication() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let ring = bench.channel().guestToHost.ring
    let before = ring.writeIndex.loadRelaxed()
    for number in 0..<10 { _ = try sender.send(Frames.numbered(number)) }
    #expect(ring.writeIndex.loadRelaxed() == before, "nothing is visible before the flush")
    #expect(sender.counters.published == PacketCount(0, 0))
    #expect(sender.counters.reserved == PacketCount(10, 600))
    try sender.flush()
    #expect(ring.writeIndex.loadRelaxed() == before + 640)
    let counters = sender.counters
    #expect(counters.published == PacketCount(10, 600))
    #expect(counters.messages == 10)
    #expect(counters.signals + counters.signalsElided == 1, "one look at the doorbell")
    let packets = try bench.takeAll()
    #expect(packets.map(\.frame) == Frames.numbered(0..<10))
    #expect(Set(packets.map(\.transactionID)).count == 10)
    _ = sender.finish()
  }

  @Test("publishes by itself when many frames were gathered")
  func fullBurst() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for number in 0..<64 { _ = try sender.send(Frames.numbered(number)) }
    #expect(sender.counters.messages == 0)
    _ = try sender.send(Frames.numbered(64))
    #expect(sender.counters.messages == 64)
    #expect(try bench.takeAll().map(\.frame) == Frames.numbered(0..<64))
    try sender.flush()
    #expect(try bench.takeAll().map(\.frame) == [Frames.numbered(64)])
    _ = sender.finish()
  }

  @Test("does nothing in a flush of nothing")
  func emptyFlush() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for _ in 0..<3 { try sender.flush() }
    #expect(sender.counters == QueueCounters())
    #expect(try bench.takeAll().isEmpty)
    #expect(sender.times == SenderTimes())
    _ = sender.finish()
  }

  @Test("carries frames of every size between the bounds", arguments: [14, 15, 60, 63, 64, 1513, 1514])
  func sizes(byteCount: Int) throws {
    let bench = try GuestBench { $1.frameByteCount = 1514 }
    var sender = try bench.device.makeSender(queue: 0)
    let frame = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try sender.publish([frame])
    let packet = try #require(try bench.takeAll().first)
    #expect(packet.carried == ExpectedPacket.section(frame))
    #expect(sender.counters.offered == PacketCount(1, UInt64(byteCount)))
    _ = sender.finish()
  }

  @Test("carries the largest frames where the host's sections hold them", arguments: [9215, 9216])
  func jumbo(byteCount: Int) throws {
    let bench = try GuestBench { host, _ in host.terms.sectionByteCount = 9216 + 48 }
    var sender = try bench.device.makeSender(queue: 0)
    let frame = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    try sender.publish([frame, Frames.golden])
    #expect(try bench.takeAll().map(\.carried) == [frame, Frames.golden].map(ExpectedPacket.section))
    let outcome = try sender.send(frame + [0, 0])
    #expect(outcome == .tooLarge)
    _ = sender.finish()
  }

  @Test("refuses frames that are too long or too short, and counts them as offered")
  func refusals() throws {
    let bench = try GuestBench { $1.frameByteCount = 1514 }
    var sender = try bench.device.makeSender(queue: 0)
    for (byteCount, expected) in [
      (0, SendOutcome.tooShort), (13, .tooShort), (1515, .tooLarge), (9216, .tooLarge), (1 << 20, .tooLarge),
    ] {
      let outcome = try sender.send([UInt8](repeating: 1, count: byteCount))
      #expect(outcome == expected)
    }
    try sender.flush()
    let counters = sender.counters
    #expect(counters.refusedTooShort == PacketCount(2, 13))
    #expect(counters.refusedTooLarge == PacketCount(3, 1515 + 9216 + 1 << 20))
    #expect(counters.refused == counters.offered)
    #expect(counters.reserved == PacketCount())
    #expect(counters.balances)
    #expect(try bench.takeAll().isEmpty)
    _ = sender.finish()
  }

  @Test("says that it would block when no section is free, as if nothing had happened")
  func noSection() throws {
    let bench = try GuestBench(sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<4))
    let before = sender.counters
    #expect(sender.hasRoom == false)
    for _ in 0..<3 {
      let outcome = try sender.send(Frames.numbered(9))
      #expect(outcome == .wouldBlock)
    }
    var after = sender.counters
    #expect(after.noSection == 3)
    #expect(after.offered == before.offered)
    let packets = try bench.takeAll()
    #expect(packets.map(\.frame) == Frames.numbered(0..<4))

    // One completion makes room for one frame, in the section that came back.
    try bench.complete(packets[2...2])
    let completed = try sender.poll()
    #expect(completed == 1)
    #expect(sender.hasRoom == true)
    try sender.publish([Frames.numbered(5)])
    let next = try #require(try bench.takeAll().first)
    #expect(next.frame == Frames.numbered(5))
    #expect(next.payload[8..<12] == packets[2].payload[8..<12])
    after = sender.finish().counters
    #expect(after.balances)
    #expect(after.lost == PacketCount(4, 240))
  }

  @Test("refuses a bad size even when no section is free")
  func refusalWithoutSection() throws {
    let bench = try GuestBench(sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<4))
    let outcome = try sender.send([1])
    #expect(outcome == .tooShort)
    #expect(sender.counters.noSection == 0)
    _ = sender.finish()
  }

  @Test("leaves the bytes of a frame as they were when it was taken")
  func copies() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    var frame = Frames.golden
    _ = try sender.send(frame)
    frame[0] = 0xFF
    try sender.flush()
    #expect(try bench.takeAll().map(\.frame) == [Frames.golden])
    _ = sender.finish()
  }
}
