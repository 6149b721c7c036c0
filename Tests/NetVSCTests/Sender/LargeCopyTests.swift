import NetVSC
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Frames that are copied into large buffers")
struct LargeCopyTests {
  private static let largeSend = FrameOffload(segmentByteCount: 1000, of: .v4, tcpHeaderOffset: 34)

  @Test("are those that no section holds, in the order in which they were sent")
  func longFrames() throws {
    let bench = try GuestBench(packetsPerMessage: 8) { $1.largeBuffersPerQueue = 4 }
    #expect(bench.device.maximumFrameByteCount == 9216)
    var sender = try bench.device.makeSender(queue: 0)
    let sizes = [60, 6100, 6101, 61, 9216, 62]
    let frames = sizes.map { Frames.numbered($0, byteCount: $0) }
    try sender.publish(frames)
    let packets = try bench.takeAll()
    #expect(packets.flatMap(\.frames) == frames)
    #expect(packets.filter { $0.type == .dataUsingGPADirect }.map { $0.carried.count } == [6145, 9260])
    #expect(sender.counters.largeCopies == 2)
    try bench.complete(packets)
    try sender.poll()
    #expect(sender.finish().counters.completed.packets == 6)
  }

  @Test("are large sends of up to 64 KiB", arguments: [6200, 65_549, 65_553])
  func largeSends(byteCount: Int) throws {
    let bench = try GuestBench { $1.largeBuffersPerQueue = 1 }
    var sender = try bench.device.makeSender(queue: 0)
    let frame = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 3 &+ $0 >> 8) }
    var tagged = Self.largeSend
    tagged.vlanTag = FrameOffload.VLANTag(vlanID: 2)
    tagged.flowHash = 7
    let outcome = try sender.send(frame, offload: tagged)
    #expect(outcome == .taken)
    try sender.flush()
    let packet = try #require(try bench.takeAll().first)
    #expect(packet.frames == [frame])
    // Header, info and frame are one range.
    #expect(packet.header.prefix(8) == [0, 0, 0, 0, 1, 0, 0, 0])
    #expect(packet.carried.count == 44 + 48 + byteCount)
    #expect(sender.finish().counters.lost == PacketCount(1, UInt64(byteCount + 4)))
  }

  @Test("are also small ones where no section is free: as many as there are buffers")
  func withoutSection() throws {
    let bench = try GuestBench(sectionsPerQueue: 2) { $1.largeBuffersPerQueue = 3 }
    var sender = try bench.device.makeSender(queue: 0)
    let taken = try sender.fill()
    #expect(taken == 5)
    #expect(sender.hasRoom == false)
    #expect(sender.counters.largeCopies == 3)
    #expect(sender.counters.noSection == 4)
    let packets = try bench.takeAll()
    #expect(packets.flatMap(\.frames) == Frames.numbered(0..<5))
    try bench.complete(packets.suffix(1))
    try sender.poll()
    #expect(sender.hasRoom == true, "for what is sent, though not for what is written in place")
    #expect(throws: ReservationRefusal.wouldBlock) { _ = try sender.reserve(60) }
    try bench.complete(packets.prefix(1))
    try sender.poll()
    #expect(sender.hasRoom == true)
    let more = try sender.fill()
    #expect(more == 2)
    _ = sender.finish()
  }

  @Test("leave a place in a section to frames that are written in place")
  func reservation() throws {
    let bench = try GuestBench { $1.largeBuffersPerQueue = 1 }
    var sender = try bench.device.makeSender(queue: 0)
    #expect(throws: ReservationRefusal.tooLarge) { _ = try sender.reserve(6101) }
    do { _ = try sender.reserve(6100) }
    #expect(sender.finish().counters.refusedTooLarge == PacketCount(1, 6101))
  }

  @Test("never exceed what the host takes at once")
  func transferLimit() throws {
    let bench = try GuestBench { host, configuration in
      configuration.largeBuffersPerQueue = 1
      host.terms.maximumTransferByteCount = 8000
    }
    #expect(bench.device.maximumFrameByteCount == 8000 - 44)
    var sender = try bench.device.makeSender(queue: 0)
    for (byteCount, expected) in [(7940, SendOutcome.taken), (7941, .tooLarge)] {
      let outcome = try sender.send(Frames.numbered(1, byteCount: byteCount), offload: Self.largeSend)
      #expect(outcome == expected)
    }
    _ = sender.finish()
  }
}
