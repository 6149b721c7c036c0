import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A sender on a host that breaks the rules")
struct SenderTests {
  /// What a poll or a flush of a broken queue throws; nil where it throws nothing.
  private func error(of body: () throws(SenderError) -> Void) -> SenderError? {
    do throws(SenderError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func expectViolation(_ error: SenderError?, _ fragment: String) {
    guard case .hostViolation(let rule) = error else {
      Issue.record("no violation, but \(error as Any)")
      return
    }
    #expect(rule.contains(fragment))
    #expect(error?.description == "the host broke the ring: \(rule)")
  }

  @Test(
    "stops when the write index makes no sense",
    arguments: [1, 4, 0x3F000, 0x3F008, 0x7FFF_FFF8, 0xFFFF_FFFC, 0xFFFF_FFFF] as [UInt32])
  func writeIndex(index: UInt32) throws {
    let bench = try GuestBench(ringByteCount: 64 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<5))
    bench.channel().hostToGuest.ring.writeIndex.storeReleasing(index)
    for _ in 0..<2 { expectViolation(error { () throws(SenderError) in try sender.poll() }, "ring index \(index)") }
    let counters = sender.finish().counters
    #expect(counters.lost == PacketCount(5, 300))
    #expect(counters.balances)
  }

  @Test("stops when the write index moves back, at the stale bytes it finds there or because none of them count")
  func writeIndexBack() throws {
    let bench = try GuestBench(ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<5))
    try bench.complete(try bench.takeAll())
    try sender.poll()
    let before = sender.counters
    let ring = bench.channel().hostToGuest.ring
    ring.writeIndex.storeReleasing(ring.writeIndex.loadRelaxed() - 64)
    _ = error { () throws(SenderError) in try sender.poll() }
    let after = sender.finish().counters
    #expect(after.completed == before.completed, "an old completion is not taken twice")
    #expect(after.balances)
  }

  @Test(
    "stops when the read index makes no sense",
    arguments: RingMode.allCases, [1, 4, 4096, 4104, 0xFFFF_FFF8, 0xFFFF_FFFF] as [UInt32])
  func readIndex(mode: RingMode, index: UInt32) throws {
    let bench = try GuestBench(ringMode: mode, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    // The last of them has no room, and waits.
    try sender.publish(Frames.numbered(0..<64))
    bench.channel().guestToHost.ring.readIndex.storeReleasing(index)
    expectViolation(error { () throws(SenderError) in try sender.flush() }, "ring index \(index)")
    let counters = sender.finish().counters
    #expect(counters.lost == PacketCount(64, 3840))
    #expect(counters.published == PacketCount(63, 3780))
    #expect(counters.balances)
  }

  @Test(
    "writes nothing over what the host has not read, though it moves its index back or beyond what there is",
    arguments: RingMode.allCases, [-32, -8, 4032 + 8, 4032 + 32])
  func readIndexMoved(mode: RingMode, shift: Int) throws {
    let bench = try GuestBench(ringMode: mode, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<63))
    let ring = bench.channel().guestToHost.ring
    let written = ring.writeIndex.loadRelaxed()
    ring.readIndex.storeReleasing(UInt32((Int(ring.readIndex.loadRelaxed()) + shift + 4096) % 4096))
    let problem = error { () throws(SenderError) in
      _ = try sender.send(Frames.numbered(63))
      try sender.flush()
    }
    // Writers that share a ring cannot tell an index that went back from one that they see late: to them it is full.
    if mode == .exclusive { expectViolation(problem, "moved backwards") }
    #expect(ring.writeIndex.loadRelaxed() == written)
    let counters = sender.finish().counters
    #expect(counters.published == PacketCount(63, 3780))
    #expect(counters.balances)
  }

  @Test(
    "stops when a descriptor contradicts itself or the ring",
    arguments: [
      (type: 0xB, payloadOffset: 0, byteCount: 56, flags: 0),
      (type: 0xB, payloadOffset: 1, byteCount: 56, flags: 0),
      (type: 0xB, payloadOffset: 8, byteCount: 7, flags: 0),
      (type: 0xB, payloadOffset: 2, byteCount: 1, flags: 0),
      (type: 0xB, payloadOffset: 2, byteCount: 0, flags: 0),
      (type: 0xB, payloadOffset: 2, byteCount: 8, flags: 0),
      (type: 0xB, payloadOffset: 2, byteCount: 0xFFFF, flags: 0),
      (type: 0xB, payloadOffset: 0xFFFF, byteCount: 0xFFFF, flags: 0),
      (type: 0x7, payloadOffset: 2, byteCount: 7, flags: 0),
      (type: 0x9, payloadOffset: 2, byteCount: 7, flags: 0),
      (type: 0xB, payloadOffset: 2, byteCount: 7, flags: 2),
      (type: 0xB, payloadOffset: 2, byteCount: 7, flags: 0xFFFF),
    ] as [(type: UInt64, payloadOffset: UInt64, byteCount: UInt64, flags: UInt64)])
  func descriptors(type: UInt64, payloadOffset: UInt64, byteCount: UInt64, flags: UInt64) throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<5))
    let packets = try bench.takeAll()
    try bench.complete(packets[..<2])
    let descriptor = PacketDescriptor(
      firstWord: type | payloadOffset << 16 | byteCount << 32 | flags << 48, transactionID: packets[2].transactionID)
    bench.channel().send(unchecked: descriptor, ringByteCount: 64)
    for _ in 0..<3 { expectViolation(error { () throws(SenderError) in try sender.poll() }, "bad packet descriptor") }
    let counters = sender.finish().counters
    #expect(counters.completed == PacketCount(2, 120), "what came before it counts")
    #expect(counters.lost == PacketCount(3, 180))
    #expect(counters.balances)
  }

  @Test("stays stopped after a violation, though the host mends its index", arguments: RingMode.allCases)
  func sticky(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<5))
    let ring = bench.channel().hostToGuest.ring
    let index = ring.writeIndex.loadRelaxed()
    ring.writeIndex.storeReleasing(4)
    expectViolation(error { () throws(SenderError) in try sender.poll() }, "ring index 4")
    ring.writeIndex.storeReleasing(index)
    try bench.complete(try bench.takeAll())
    expectViolation(error { () throws(SenderError) in try sender.poll() }, "ring index 4")
    _ = try? sender.send(Frames.golden)
    expectViolation(error { () throws(SenderError) in try sender.flush() }, "ring index 4")
    let counters = sender.finish().counters
    #expect(counters.balances)
  }

  @Test(
    "stops when the channel is taken away, with the reason, and loses what was in flight", arguments: RingMode.allCases)
  func rescinded(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<5))
    let packets = try bench.takeAll()
    try bench.complete(packets[..<2])
    bench.channel().channel.rescind(because: "unplugged")
    let expected = SenderError.rescinded("unplugged")
    #expect(expected.description == "the channel was taken away: unplugged")
    // Completions that came before still count.
    #expect(throws: expected) { try sender.poll() }
    #expect(sender.counters.completed == PacketCount(2, 120))
    _ = try sender.send(Frames.golden)
    #expect(throws: expected) { try sender.flush() }
    #expect(throws: expected) { _ = try sender.drain(timeout: 1000) }
    let counters = sender.finish().counters
    #expect(counters.offered == PacketCount(6, 360))
    #expect(counters.lost == PacketCount(4, 240))
    #expect(counters.balances)
  }

  @Test("of one queue does not stop the others")
  func others() throws {
    let bench = try GuestBench { $1.queueCount = 3 }
    var broken = try bench.device.makeSender(queue: 1)
    var whole = try bench.device.makeSender(queue: 2)
    bench.channel(1).hostToGuest.ring.writeIndex.storeReleasing(3)
    expectViolation(error { () throws(SenderError) in try broken.poll() }, "ring index 3")
    try whole.publish([Frames.golden])
    let drained = try whole.drain(timeout: 1000)
    #expect(drained)
    #expect(whole.finish().counters.completed == PacketCount(1, 60))
    _ = broken.finish()
    bench.device.close()
    #expect(bench.host.leftovers == [])
  }

  @Test("notes when things happened")
  func times() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let start = bench.clock.now
    try sender.publish([Frames.golden])
    bench.clock.advance(by: 100)
    try sender.publish([Frames.golden])
    bench.clock.advance(by: 50)
    try bench.complete(try bench.takeAll())
    try sender.poll()
    bench.clock.advance(by: 50)
    try sender.poll()
    let times = sender.finish().times
    #expect(times.firstPublication == start)
    #expect(times.lastPublication == start + 100)
    #expect(times.lastCompletion == start + 150)
  }
}
