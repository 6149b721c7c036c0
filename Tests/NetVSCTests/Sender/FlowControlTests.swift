import NetVSC
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Stopping at a ring that is nearly full")
struct FlowControlTests {
  @Test("follows the percentages of common guests, with their rounding", arguments: [2, 3, 4, 5, 16, 128, 255])
  func marks(pages: UInt32) {
    let size = pages * 4096
    let marks = FlowMarks(ringByteCount: Int(size))
    for free in stride(from: 0 as UInt32, to: size - 4096, by: 8) {
      let percent = free * 10 / (size / 10)
      #expect((free < marks.stopBelow) == (percent < 10))
      #expect((free >= marks.wakeFrom) == (percent > 20))
    }
  }

  /// One page of data: 4096 bytes, of which 819 are a tenth of the ring's size, and 1720 are 21 percent.
  private func open(_ mode: RingMode) throws -> GuestBench {
    try GuestBench(ringMode: mode, ringByteCount: 2 * 4096)
  }

  @Test("takes nothing below a tenth, and goes on above a fifth", arguments: RingMode.allCases)
  func hysteresis(mode: RingMode) throws {
    let bench = try open(mode)
    var sender = try bench.device.makeSender(queue: 0)
    // 51 messages of 64 bytes leave 832 bytes, 52 leave 768.
    try sender.publish(Frames.numbered(0..<51))
    #expect(sender.isStopped == false)
    #expect(sender.hasRoom == true)
    try sender.publish(Frames.numbered(51..<52))
    #expect(sender.isStopped == true)
    #expect(sender.hasRoom == false)
    #expect(sender.counters.stops == 1)
    var outcome = try sender.send(Frames.golden)
    #expect(outcome == .wouldBlock)
    #expect(throws: ReservationRefusal.wouldBlock) { _ = try sender.reserve(60) }
    let memory = try bench.device.allocate(byteCount: 4096)
    outcome = try sender.submit(FrameRange(byteOffset: 0, byteCount: 60), of: memory, cookie: 1)
    #expect(outcome == .wouldBlock)
    #expect(sender.counters.offered == PacketCount(52, 52 * 60))
    #expect(sender.counters.noSection == 0)
    #expect(sender.counters.ringFull == 0)

    // 14 read leave 1664 bytes, which is 20 percent; one more is enough.
    for _ in 0..<14 { _ = try bench.host.take(from: bench.channel()) }
    outcome = try sender.send(Frames.golden)
    #expect(outcome == .wouldBlock)
    try sender.poll()
    #expect(sender.isStopped == true)
    _ = try bench.host.take(from: bench.channel())
    try sender.poll()
    #expect(sender.isStopped == false)
    #expect(sender.counters.wakes == 1)
    outcome = try sender.send(Frames.golden)
    #expect(outcome == .taken)
    let counters = sender.finish().counters
    #expect(counters.balances)
  }

  @Test("looks once more when it stops: the host may have read meanwhile", arguments: RingMode.allCases)
  func looksAgain(mode: RingMode) throws {
    let bench = try open(mode)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<40))
    _ = try bench.takeAll()
    // A writer of its own does not know yet that the room is there again.
    try sender.publish(Frames.numbered(0..<20))
    #expect(sender.isStopped == false)
    let counters = sender.counters
    #expect(counters.stops == counters.wakes)
    _ = sender.finish()
  }

  @Test("never lasts while nothing is outstanding", arguments: RingMode.allCases)
  func nothingOutstanding(mode: RingMode) throws {
    let bench = try open(mode)
    var sender = try bench.device.makeSender(queue: 0)
    // Acknowledgements of 32 bytes fill the ring, and nobody completes them.
    for number in 0..<120 {
      try bench.host.send(.received([], transactionID: UInt64(number), ranges: []), on: bench.channel())
      try sender.poll()
    }
    try sender.publish([Frames.golden])
    #expect(sender.isStopped == true)
    let packets = try bench.takeAll()
    let frame = try #require(packets.last)
    try bench.complete([frame])
    try sender.poll()
    #expect(sender.isStopped == false)
    let drained = try sender.drain(timeout: 1000)
    #expect(drained)
    #expect(sender.finish().counters.balances)
  }

  @Test(
    "asks a host that sleeps to ring when there is room, and only then", arguments: [RingMode.exclusive, .cooperative])
  func pendingSize(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode, runsInline: false, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    let ring = bench.channel().guestToHost.ring
    var sizes: [UInt32] = []
    bench.host.onAttend = { _, _ in sizes.append(ring.pendingSendSize.loadRelaxed()) }
    try sender.publish([Frames.golden])
    try sender.wait(timeout: 10)
    try sender.publish(Frames.numbered(0..<51))
    #expect(sender.isStopped == true)
    try sender.wait(timeout: 10)
    #expect(sizes[0] == 0)
    #expect(sizes[1] >= 1720, "what the reader measures from, it may be asked for more")
    #expect(ring.pendingSendSize.loadRelaxed() == 0, "nobody waits any more")
    _ = sender.finish()
  }

  @Test("does not sleep where there is room by now for what waits", arguments: RingMode.allCases)
  func roomByNow(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode, runsInline: false, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    // The last of them has no room, nor has what goes back to the host.
    try sender.publish(Frames.numbered(0..<64))
    for id in 0..<5 as Range<UInt64> {
      try bench.host.send(.received([], transactionID: id, channelType: .data, ranges: []), on: bench.channel())
    }
    try sender.poll()
    #expect(sender.counters.receivesAcknowledged < 5)
    // The host reads, completes nothing, and sleeps.
    _ = try bench.takeAll()
    let attendances = bench.host.attendances
    try sender.wait(timeout: 777)
    #expect(bench.host.attendances == attendances)
    try sender.poll()
    #expect(sender.counters.receivesAcknowledged == 5)
    try sender.flush()
    #expect(sender.counters.messages == 64)
    _ = sender.finish()
  }

  @Test("is counted by the names of ethtool as well")
  func names() throws {
    let bench = try GuestBench(ringByteCount: 2 * 4096, sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    let filled = try sender.fill()
    #expect(filled == 4)
    _ = try sender.send([UInt8](repeating: 0, count: 10_000))
    try bench.complete(try bench.takeAll())
    try sender.poll()
    let counters = sender.finish().counters
    let values = Dictionary(uniqueKeysWithValues: counters.ethtoolStatistics.map { ($0.name, $0.value) })
    #expect(
      values == [
        "tx_no_memory": 1, "tx_too_big": 1, "tx_busy": 0, "tx_send_full": 1, "rx_comp_busy": 0, "stop_queue": 0,
        "wake_queue": 0,
      ])
    #expect(
      counters.ethtoolStatistics(ofQueue: 3).map(\.name) == [
        "tx_queue_3_packets", "tx_queue_3_bytes", "rx_queue_3_packets", "rx_queue_3_bytes",
      ])
    #expect(counters.ethtoolStatistics(ofQueue: 3).map(\.value) == [4, 240, 0, 0])
  }
}
