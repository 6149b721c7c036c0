import NetVSC
import NetVSP
import TestSupport
import Testing
import WireFormats

@Suite("Frames in parts of several memories")
struct SenderGatherTests {
  /// A device on a host that runs with it, and what comes out there.
  private struct Engine {
    let host: Host
    let device: Device
    var expectedDigest: UInt64 = 0

    init(readsPrivateMemory: Bool, prepare: (inout DeviceConfiguration) -> Void = { _ in }) throws {
      var hosting = HostConfiguration(execution: .inline, sink: .verify)
      hosting.readsPrivateMemory = readsPrivateMemory
      host = try Host(hosting)
      #expect(host.offer.lendsPrivateMemory == readsPrivateMemory)
      var configuration = DeviceConfiguration()
      prepare(&configuration)
      device = try Device.open(host.offer, configuration)
      #expect(device.lendsPrivateMemory == readsPrivateMemory)
    }

    mutating func expect(_ frame: [UInt8]) { expectedDigest &+= FrameDigest.hash(frame.span.bytes) }

    func check() { #expect(host.statistics().total.digest == expectedDigest) }
  }

  @Test("arrive as they were submitted, however they are cut, and come back once", arguments: [true, false])
  func everySplit(readsPrivateMemory: Bool) throws {
    var chance = SeededGenerator()
    var engine = try Engine(readsPrivateMemory: readsPrivateMemory)
    var sender = try engine.device.makeSender(queue: 0)
    let frameByteCount = 2200
    var frames: [PartedFrame] = []
    var returned: [UInt64] = []
    var lendable = 0
    for cutCount in 0..<36 {
      let frame = chance.bytes(frameByteCount)
      let cuts = Set((0..<cutCount).map { _ in Int.random(in: 1..<frameByteCount, using: &chance) }).sorted()
      let memories = try (0..<2).map { _ in
        try engine.device.allocate(byteCount: PartedFrame.byteCount(for: frame.count, cuts: cuts.count))
      }
      let parted = PartedFrame(frame, cutAt: cuts, in: memories, using: &chance)
      if cuts.count < Sender.maximumPartCount, readsPrivateMemory || !parted.hasPrivateParts { lendable += 1 }
      let parts = parted.parts
      let outcome = try sender.submit(parts.span, cookie: UInt64(frames.count))
      #expect(outcome == .taken)
      frames.append(parted)
      engine.expect(frame)
      let isDrained = try sender.drain(timeout: 1_000_000_000) { returned.append($0.cookie) }
      #expect(isDrained)
    }
    #expect(returned == (0..<36).map { UInt64($0) })
    #expect(sender.counters.lentFrames == UInt64(lendable))
    engine.check()
    let counters = sender.finish { _ in Issue.record("nothing was left") }.counters
    #expect(counters.balances && counters.completed.packets == 36)
    withExtendedLifetime(frames) {}
  }

  @Test("are copied where they cannot be lent, and come back all the same", arguments: [60, 2000, 9000])
  func copied(byteCount: Int) throws {
    var chance = SeededGenerator()
    var engine = try Engine(readsPrivateMemory: false) { $0.packetsPerMessage = 8 }
    var sender = try engine.device.makeSender(queue: 0)
    for cookie in 0..<4 as Range<UInt64> {
      let frame = chance.bytes(byteCount)
      let parted = PartedFrame(frame, cutAt: [1, 20], in: [], using: &chance)
      let parts = parted.parts
      let outcome = try sender.submit(parts.span, cookie: cookie)
      #expect(outcome == .taken)
      // Nobody looks at the parts any more.
      parted.spoil()
      engine.expect(frame)
    }
    #expect(sender.counters.lentFrames == 0)
    var returned: [UInt64] = []
    let isDrained = try sender.drain(timeout: 1_000_000_000) { returned.append($0.cookie) }
    #expect(isDrained)
    #expect(returned == [0, 1, 2, 3])
    engine.check()
    _ = sender.finish()
  }

  @Test("share messages and are free at once where they are sent", arguments: [60, 1514, 9000])
  func sent(byteCount: Int) throws {
    var chance = SeededGenerator()
    var engine = try Engine(readsPrivateMemory: true) { $0.packetsPerMessage = 8 }
    var sender = try engine.device.makeSender(queue: 0)
    let memory = try engine.device.allocate(byteCount: PartedFrame.byteCount(for: byteCount, cuts: 3))
    for _ in 0..<8 {
      let frame = chance.bytes(byteCount)
      let parted = PartedFrame(frame, cutAt: [1, 14, 50], in: [memory], using: &chance)
      let parts = parted.parts
      let outcome = try sender.send(parts.span)
      #expect(outcome == .taken)
      parted.spoil()
      engine.expect(frame)
    }
    let isDrained = try sender.drain(timeout: 1_000_000_000)
    #expect(isDrained)
    if byteCount == 60 { #expect(sender.counters.messages == 1) }
    engine.check()
    _ = sender.finish()
  }

  @Test("are refused for their size, and stay their sender's", arguments: [true, false])
  func refusals(readsPrivateMemory: Bool) throws {
    var chance = SeededGenerator()
    let engine = try Engine(readsPrivateMemory: readsPrivateMemory) { $0.frameByteCount = 1514 }
    var sender = try engine.device.makeSender(queue: 0)
    for (byteCount, expected) in [(13, SendOutcome.tooShort), (14, .taken), (1514, .taken), (1515, .tooLarge)] {
      let parted = PartedFrame(chance.bytes(byteCount), cutAt: [7], in: [], using: &chance)
      let parts = parted.parts
      let outcome = try sender.submit(parts.span, cookie: 1)
      #expect(outcome == expected)
      let isDrained = try sender.drain(timeout: 1_000_000_000)
      #expect(isDrained)
    }
    let counters = sender.finish().counters
    #expect(counters.refused.packets == 2 && counters.balances)
  }

  @Test("hold each memory until the last frame in it is completed")
  func lifetime() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let before = bench.host.leftovers
    func submit(_ memories: [FrameMemory], by sender: inout Sender) throws {
      let parts = memories.map { FramePart(FrameRange(byteOffset: 0, byteCount: 30), of: $0) }
      let outcome = try sender.submit(parts.span, cookie: 0)
      #expect(outcome == .taken)
      try sender.flush()
    }
    var first: FrameMemory? = try bench.device.allocate(byteCount: 4096)
    var second: FrameMemory? = try bench.device.allocate(byteCount: 4096)
    try submit([#require(first), #require(second), #require(first)], by: &sender)
    try submit([#require(second), #require(second)], by: &sender)
    let both = bench.host.leftovers
    (first, second) = (nil, nil)
    let packets = try bench.takeAll()
    #expect(bench.host.leftovers == both)
    try bench.complete(packets.prefix(1))
    try sender.poll()
    let one = bench.host.leftovers
    #expect(one != both && one != before)
    try bench.complete(packets.suffix(1))
    try sender.poll()
    #expect(bench.host.leftovers == before)
    _ = sender.finish()
  }

  @Test(
    "are copied where they lie in memory of another device, whose pages have the same numbers",
    arguments: [true, false])
  func foreignMemory(inOneMemory: Bool) throws {
    let (bench, other) = (try GuestBench(), try GuestBench())
    var sender = try bench.device.makeSender(queue: 0)
    // What lies at the same pages of the sender's device.
    let own = try bench.device.allocate(byteCount: 4096)
    let foreign = try other.device.allocate(byteCount: 4096)
    own.write(Frames.numbered(1), at: 0)
    foreign.write(Frames.numbered(2), at: 0)
    let range = FrameRange(byteOffset: 0, byteCount: 60)
    // Held, so that it could be taken for the other one.
    let first = try sender.submit(range, of: own, cookie: 0)
    #expect(first == .taken)
    if inOneMemory {
      let second = try sender.submit(range, of: foreign, cookie: 1)
      #expect(second == .taken)
    } else {
      let parts = [FramePart(range, of: foreign)]
      let second = try sender.submit(parts.span, cookie: 1)
      #expect(second == .taken)
    }
    try sender.flush()
    let packets = try bench.takeAll()
    #expect(packets.flatMap(\.frames) == [Frames.numbered(1), Frames.numbered(2)])
    try bench.complete(packets)
    var returned: [UInt64] = []
    try sender.poll { returned.append($0.cookie) }
    #expect(returned == [0, 1])
    #expect(sender.finish().counters.lentFrames == 1)
  }

  @Test("are copied while too many memories are held")
  func manyMemories() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let memories = try (0..<66).map { _ in try bench.device.allocate(byteCount: 4096) }
    for (number, memory) in memories.enumerated() {
      memory.write(Frames.numbered(number), at: 0)
      let hasRoom = sender.hasRoom
      #expect(hasRoom == (number <= 33))
      let parts = [FramePart(FrameRange(byteOffset: 0, byteCount: 60), of: memory)]
      let outcome = try sender.submit(parts.span, cookie: UInt64(number))
      #expect(outcome == .taken)
      try sender.flush()
    }
    #expect(sender.counters.lentFrames == 64)
    let packets = try bench.takeAll()
    #expect(packets.flatMap(\.frames) == (0..<66).map { Frames.numbered($0) })
    try bench.complete(packets)
    var returned: [UInt64] = []
    try sender.poll { returned.append($0.cookie) }
    #expect(returned == (0..<66).map { UInt64($0) })
    let hasRoomAgain = sender.hasRoom
    #expect(hasRoomAgain)
    _ = sender.finish()
  }

  @Test("trap where there is no part, or an empty one")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      let bench = try GuestBench()
      var sender = try bench.device.makeSender(queue: 0)
      _ = try sender.submit([FramePart]().span, cookie: 0)
      _ = sender.finish()
    }
    await #expect(processExitsWith: .failure) {
      _ = FramePart(privateBytes: UnsafeRawBufferPointer(start: nil, count: 0))
    }
    await #expect(processExitsWith: .failure) {
      let bench = try GuestBench()
      let memory = try bench.device.allocate(byteCount: 4096)
      _ = FramePart(FrameRange(byteOffset: 4000, byteCount: 97), of: memory)
    }
  }
}
