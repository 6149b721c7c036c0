import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Frames that are lent")
struct SenderDirectTests {
  private static let golden = FrameOffload(.tcp, of: .v4, transportHeaderOffset: 34)
  private static let goldenHead = GoldenVectors.sectionImage.bytes.dropLast(60)

  /// A golden packet with the id, place and addresses of another; what those mean, `carried` tells.
  private static func expected(
    _ golden: HexVector, like packet: GuestPacket, addressesAt offsets: [Int], section: UInt32? = nil
  ) -> [UInt8] {
    var bytes = golden.bytes
    for offset in [8] + offsets { bytes.replaceSubrange(offset..<offset + 8, with: packet.bytes[offset..<offset + 8]) }
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: ExpectedPacket.halves([packet.start]))
    if let section {
      let place = Int(packet.descriptor.payloadOffset) + 8
      bytes.replaceSubrange(place..<place + 4, with: ExpectedPacket.halves([section]))
    }
    return bytes
  }

  @Test(
    "begin in a section where one is free, as in the golden bytes", arguments: RingMode.allCases, RingMapping.allCases)
  func mixedMessage(mode: RingMode, mapping: RingMapping) throws {
    let bench = try GuestBench(ringMode: mode, mapping: mapping)
    var sender = try bench.device.makeSender(queue: 0)
    let memory = try bench.device.allocate(byteCount: 4096)
    try sender.lend(Frames.golden, at: [0x200..<0x23C], of: memory, offload: Self.golden)
    let packet = try #require(try bench.takeAll().first)
    #expect(packet.bytes == Self.expected(GoldenVectors.mixedPacket, like: packet, addressesAt: [32], section: 0))
    #expect(packet.carried == GoldenVectors.sectionImage.bytes)
    _ = sender.finish()
  }

  @Test(
    "begin in a slot where no section is free, as in the golden bytes", arguments: [0x200, 0xFE0], RingMapping.allCases)
  func headerSlot(offset: Int, mapping: RingMapping) throws {
    let bench = try GuestBench(mapping: mapping, sectionsPerQueue: 1)
    var sender = try bench.device.makeSender(queue: 0)
    let memory = try bench.device.allocate(byteCount: 8192)
    try sender.publish([Frames.golden])
    try sender.lend(Frames.golden, at: [offset..<offset + 60], of: memory, offload: Self.golden)
    let packet = try #require(try bench.takeAll().last)
    var image = packet.bytes
    // Where a slot lies is the guest's to choose: within a page.
    let place: UInt32 = image.span.bytes.loadLittleEndian(at: 28)
    #expect(place + 60 <= 4096)
    image.replaceSubrange(28..<32, with: ExpectedPacket.halves([0x100]))
    let isCrossing = offset == 0xFE0
    #expect(
      image
        == Self.expected(
          isCrossing ? GoldenVectors.crossingPacket : GoldenVectors.twoRangePacket, like: packet,
          addressesAt: [32, 48] + (isCrossing ? [56] : [])))
    #expect(packet.carried == GoldenVectors.sectionImage.bytes)
    #expect(sender.counters.noSection == 1)
    _ = sender.finish()
  }

  @Test("end the message of frames that were copied")
  func behindCopies() throws {
    let bench = try GuestBench(packetsPerMessage: 8)
    var sender = try bench.device.makeSender(queue: 0)
    let memory = try bench.device.allocate(byteCount: 8192)
    for number in 0..<2 { _ = try sender.send(Frames.numbered(number, byteCount: 61)) }
    let lent = Frames.numbered(2, byteCount: 3000)
    try sender.lend(lent, at: [100..<3100], of: memory)
    _ = try sender.send(Frames.numbered(3))
    try sender.flush()
    let frames = [Frames.numbered(0, byteCount: 61), Frames.numbered(1, byteCount: 61), lent]
    #expect(
      try bench.takeAll().map(\.carried)
        == [ExpectedPacket.section(frames, alignment: 8), ExpectedPacket.section(Frames.numbered(3))])
    #expect(sender.counters.messages == 2)
    #expect(sender.counters.lentFrames == 1)
    _ = sender.finish()
  }

  @Test("have their headers elsewhere where a section does not hold them", arguments: [72, 88, 96] as [UInt32])
  func smallSections(sectionByteCount: UInt32) throws {
    let bench = try GuestBench {
      $0.terms.sectionByteCount = sectionByteCount
      $1.largeBuffersPerQueue = 1
    }
    var sender = try bench.device.makeSender(queue: 0)
    let memory = try bench.device.allocate(byteCount: 4096)
    var offload = FrameOffload(.tcp, of: .v4, transportHeaderOffset: 34)
    offload.vlanTag = FrameOffload.VLANTag(vlanID: 7)
    offload.flowHash = 1
    for cookie in 0..<2 as Range<UInt64> {
      try sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: cookie, offload: offload)
    }
    // A header of 44 bytes, and 48 of info: each packet is whole, whatever the next section holds.
    let packets = try bench.takeAll()
    for packet in packets {
      #expect(packet.carried.count == 44 + 48 + 60)
      #expect(Array(packet.carried.prefix(8)) == ExpectedPacket.halves([1, 152]))
      #expect(Array(packet.carried.suffix(60)) == Frames.golden)
    }
    let sections = try packets.map { try SendRNDISPacket(parsing: $0.payload.span.bytes).sectionIndex }
    #expect(sections.allSatisfy { ($0 == SendRNDISPacket.noSection) == (sectionByteCount < 92) })
    _ = sender.finish()
  }

  @Test("are gathered from their parts, in order")
  func gatherList() throws {
    let bench = try GuestBench(packetsPerMessage: 8) { $1.largeBuffersPerQueue = 1 }
    var sender = try bench.device.makeSender(queue: 0)
    let memory = try bench.device.allocate(byteCount: 5 * 4096)
    let frame = (0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    try sender.lend(frame, at: [4090..<4104, 12_000..<18_000, 1..<2, 5000..<7985], of: memory)
    #expect(try bench.takeAll().map(\.carried) == [ExpectedPacket.section(frame)])
    #expect(sender.counters.published == PacketCount(1, 9000))
    _ = sender.finish()
  }

  @Test("come back once, by their cookies, as the host completed them")
  func cookies() throws {
    let bench = try GuestBench(sectionsPerQueue: 3)
    let memory = try bench.device.allocate(byteCount: 4096)
    var sender = try bench.device.makeSender(queue: 0)
    for cookie in 0..<8 { try sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: UInt64(cookie) << 60) }
    let packets = try bench.takeAll()
    var returned: [ReturnedFrame] = []
    try bench.complete([packets[6], packets[0], packets[6]])
    try bench.complete([packets[3]], status: .failure)
    try sender.poll { returned.append($0) }
    #expect(returned.map(\.cookie) == [6 << 60, 0, 3 << 60])
    #expect(returned.map(\.fate) == [.completed, .completed, .failed])
    // Some that the host never saw are given up as well.
    returned = []
    try sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: 88, flushes: false)
    let counters = sender.finish { returned.append($0) }.counters
    #expect(returned.allSatisfy { $0.fate == .lost })
    #expect(Set(returned.map(\.cookie)) == Set([1, 2, 4, 5, 7].map { $0 << 60 } + [88]))
    #expect(returned.count == 6)
    #expect(counters.balances && counters.lost.packets == 6 && counters.failed.packets == 1)

    // What completes too late was given back before, but its place is free only now.
    var next = try bench.device.makeSender(queue: 0)
    try bench.complete([1, 2, 4, 5, 7].map { packets[$0] })
    returned = []
    try next.poll { returned.append($0) }
    #expect(returned.isEmpty)
    #expect(next.counters.unknownCompletions == 5)
    let free = try next.fill()
    #expect(free == 3)
    _ = next.finish()
  }

  @Test("hold their memory until they are completed, whoever lets it go")
  func lifetime() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let before = bench.host.leftovers
    var memory: FrameMemory? = try bench.device.allocate(byteCount: 4096)
    let other = try bench.device.allocate(byteCount: 4096)
    for number in 0..<3 { try sender.lend(Frames.numbered(number), at: [0..<60], of: try #require(memory)) }
    try sender.lend(Frames.golden, at: [0..<60], of: other)
    memory = nil
    let packets = try bench.takeAll()
    #expect(packets.last?.carried == ExpectedPacket.section(Frames.golden))
    let held = bench.host.leftovers
    #expect(held != before)
    try bench.complete(packets.dropFirst())
    try sender.poll()
    #expect(bench.host.leftovers == held)
    try bench.complete(packets.prefix(1))
    try sender.poll()
    #expect(bench.host.leftovers != held)
    withExtendedLifetime(other) {}
    _ = sender.finish()
  }

  @Test("block when there is neither section nor slot, and go on when one is back")
  func bound() throws {
    let bench = try GuestBench(sectionsPerQueue: 2) { $1.lentFramesPerQueue = 3 }
    let memory = try bench.device.allocate(byteCount: 4096)
    var sender = try bench.device.makeSender(queue: 0)
    for cookie in 0..<5 { try sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: UInt64(cookie)) }
    let offered = sender.counters.offered
    let outcome = try sender.submit(FrameRange(byteOffset: 0, byteCount: 60), of: memory, cookie: 5)
    #expect(outcome == .wouldBlock)
    #expect(sender.counters.offered == offered)
    for _ in 0..<3 {
      let packets = try bench.takeAll()
      try bench.complete(packets.suffix(1))
      try sender.poll()
      try sender.lend(Frames.golden, at: [0..<60], of: memory, cookie: 6)
    }
    #expect(sender.finish().counters.completed.packets == 3)
  }

  @Test("are refused for their size as others are, and stay their sender's")
  func refusals() throws {
    let bench = try GuestBench { $1.frameByteCount = 1514 }
    let memory = try bench.device.allocate(byteCount: 128 << 10)
    var sender = try bench.device.makeSender(queue: 0)
    let large = FrameOffload(segmentByteCount: 1000, of: .v4, tcpHeaderOffset: 34)
    for (byteCount, offload, expected) in [
      (13, .none, SendOutcome.tooShort), (1514, .none, .taken), (1515, .none, .tooLarge), (1515, large, .taken),
      (65_553, large, .taken), (65_554, large, .tooLarge),
    ] {
      let frame = FrameRange(byteOffset: 0, byteCount: UInt32(byteCount))
      let outcome = try sender.submit(frame, of: memory, cookie: 1, offload: offload)
      #expect(outcome == expected)
    }
    var returned = 0
    #expect(sender.finish { _ in returned += 1 }.counters.refused.packets == 3)
    #expect(returned == 3)
  }

  @Test("trap where a part does not lie in their memory, or is empty")
  func traps() async {
    await #expect(processExitsWith: .failure) { try lendOnePart(4095, 2) }
    await #expect(processExitsWith: .failure) { try lendOnePart(0, 0) }
    await #expect(processExitsWith: .failure) { try lendOnePart(.max, 60) }
  }

  @Test("are those beyond the copy threshold, in a burst from memory of the device's", arguments: [0, 60, 61, 9216])
  func threshold(threshold: Int) throws {
    let bench = try GuestBench(packetsPerMessage: 3) { $1.copyThreshold = threshold }
    let memory = try bench.device.allocate(byteCount: 4096)
    var sender = try bench.device.makeSender(queue: 0)
    let sizes = [60, 60, 61, 60, 200, 13, 60, 60, 60]
    var ranges: [FrameRange] = []
    for (number, byteCount) in sizes.enumerated() {
      memory.write(Frames.numbered(number, byteCount: byteCount), at: 300 * number)
      ranges.append(FrameRange(byteOffset: UInt32(300 * number), byteCount: UInt32(byteCount)))
    }
    let taken = try sender.send(ranges.span, of: memory)
    #expect(taken == sizes.count)
    try sender.flush()
    #expect(sender.counters.lentFrames == UInt64(sizes.count { $0 > max(threshold, 13) }))
    #expect(sender.counters.refusedTooShort.packets == 1)
    let packets = try bench.takeAll()
    let carried = sizes.enumerated().filter { $0.element > 13 }
    #expect(packets.flatMap(\.frames) == carried.map { Frames.numbered($0.offset, byteCount: $0.element) })
    try bench.complete(packets)
    try sender.poll()
    #expect(sender.finish().counters.completed.packets == 8)
  }
}

/// Lends one part of a page.
private func lendOnePart(_ byteOffset: UInt32, _ byteCount: UInt32) throws {
  let bench = try GuestBench()
  let memory = try bench.device.allocate(byteCount: 4096)
  var sender = try bench.device.makeSender(queue: 0)
  // The length of the whole is that of a frame.
  let parts = [FrameRange(byteOffset: 0, byteCount: 60), FrameRange(byteOffset: byteOffset, byteCount: byteCount)]
  _ = try sender.submit(parts.span, of: memory, cookie: 0)
  _ = sender.finish()
}
