import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A ring with little room")
struct TransmitRingTests {
  /// The smallest ring: one page of data, which holds 63 messages of 64 bytes.
  private static let ringByteCount = 2 * 4096
  private static let messagesThatFit = 63

  @Test(
    "takes what fits, and the rest with the next flush",
    arguments: RingMode.allCases, RingMapping.allCases)
  func keepsTheRest(mode: RingMode, mapping: RingMapping) throws {
    let bench = try GuestBench(ringMode: mode, mapping: mapping, ringByteCount: Self.ringByteCount)
    var sender = try bench.device.makeSender(queue: 0)
    // A burst of 64 waits; the frame after it publishes what fits, and would block as one of them still waits.
    for number in 0..<64 { _ = try sender.send(Frames.numbered(number)) }
    #expect(sender.hasRoom == false)
    var outcome = try sender.send(Frames.numbered(64))
    #expect(outcome == .wouldBlock)
    #expect(sender.counters.messages == UInt64(Self.messagesThatFit))
    #expect(sender.counters.published == PacketCount(63, 63 * 60))
    #expect(sender.counters.reserved == PacketCount(64, 64 * 60))
    #expect(sender.counters.offered == sender.counters.reserved)
    #expect(sender.counters.noSection == 0, "it is the ring that is full")
    let full = sender.counters.ringFull
    try sender.flush()
    #expect(sender.counters.ringFull == full + 1)

    var frames = try bench.takeAll().map(\.frame)
    #expect(frames.count == Self.messagesThatFit)
    outcome = try sender.send(Frames.numbered(64))
    #expect(outcome == .taken, "it published the rest, and has room")
    try sender.flush()
    frames += try bench.takeAll().map(\.frame)
    #expect(frames == Frames.numbered(0..<65), "in the order in which they were sent")
    let counters = sender.finish().counters
    #expect(counters.published == PacketCount(65, 3900))
    #expect(counters.lost == PacketCount(65, 3900))
  }

  @Test(
    "is never filled to the last word, and wraps cleanly, lap after lap",
    arguments: RingMode.allCases, RingMapping.allCases)
  func laps(mode: RingMode, mapping: RingMapping) throws {
    let bench = try GuestBench(ringMode: mode, mapping: mapping, ringByteCount: Self.ringByteCount)
    var sender = try bench.device.makeSender(queue: 0)
    var starts: Set<UInt32> = []
    var sent = 0
    for round in 0..<60 {
      // An acknowledgement of 32 bytes moves the packets by half a message, so that they wrap at every place they can.
      if round % 3 == 0 { try bench.host.send(.received([], transactionID: 7, ranges: []), on: bench.channel()) }
      try sender.poll()
      let count = round % 31 + 1
      try sender.publish(Frames.numbered(sent..<sent + count))
      let packets = try bench.takeAll()
      let messages = packets.filter(\.isFrame)
      #expect(messages.map(\.frame) == Frames.numbered(sent..<sent + count))
      for packet in messages {
        #expect(
          packet.bytes
            == ExpectedPacket.frame(
              section: UInt32(packet.payload[8]), byteCount: 104, id: packet.transactionID, start: packet.start))
      }
      starts.formUnion(messages.map(\.start))
      try bench.complete(messages)
      sent += count
    }
    #expect(starts.contains { $0 > 4096 - 64 }, "some wrapped in the middle")
    let drained = try sender.drain(timeout: 0)
    #expect(drained)
    #expect(sender.finish().counters.completed == PacketCount(UInt64(sent), UInt64(60 * sent)))
  }

  @Test("lets acknowledgements go before frames when there is room again", arguments: RingMode.allCases)
  func acknowledgementsFirst(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode, ringByteCount: Self.ringByteCount)
    var sender = try bench.device.makeSender(queue: 0)
    // 63 messages leave 64 bytes: one acknowledgement of 32 fits, as eight bytes stay free, and no other message.
    try sender.publish(Frames.numbered(0..<64))
    for id in 0x20..<0x25 as Range<UInt64> {
      try bench.host.send(.received([], transactionID: id, channelType: .data, ranges: []), on: bench.channel())
    }
    try sender.poll()
    #expect(sender.counters.receivesAcknowledged == 1)
    #expect(sender.counters.ringFull >= 1)
    try sender.flush()
    #expect(sender.counters.messages == 63, "no room yet")

    let packets = try bench.takeAll()
    #expect(packets.filter(\.isFrame).map(\.frame) == Frames.numbered(0..<63))
    try sender.flush()
    let rest = try bench.takeAll()
    #expect(rest.count == 5)
    #expect(rest.dropLast().allSatisfy { $0.type == .completion })
    #expect(rest.last?.frame == Frames.numbered(63))
    let acknowledged = (packets + rest).filter { $0.type == .completion }
    #expect(Set(acknowledged.map(\.transactionID)) == Set(0x20..<0x25))
    #expect(acknowledged.count == 5, "each once")
    #expect(sender.counters.receivesAcknowledged == 5)
    for packet in acknowledged {
      #expect(packet.bytes == ExpectedPacket.acknowledgement(of: packet.transactionID, start: packet.start))
    }
    _ = sender.finish()
  }

  @Test("takes up at the place where the last sender left it", arguments: RingMode.allCases)
  func nextSender(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode, ringByteCount: Self.ringByteCount)
    for round in 0..<50 {
      var sender = try bench.device.makeSender(queue: 0)
      try sender.publish(Frames.numbered(round..<round + 3))
      let packets = try bench.takeAll()
      #expect(packets.map(\.frame) == Frames.numbered(round..<round + 3))
      try bench.complete(packets)
      try sender.poll()
      let counters = sender.finish().counters
      #expect(counters.completed == PacketCount(3, 180))
      #expect(counters.lost == PacketCount())
    }
  }
}
