import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Sending frames that lie in one run of bytes")
struct SenderBurstTests {
  /// Frames one behind the other, and where each lies.
  private static func run(of frames: [[UInt8]]) -> (bytes: [UInt8], ranges: [FrameRange]) {
    var bytes: [UInt8] = [0xFF, 0xFF, 0xFF]
    let ranges = frames.map { frame in
      defer { bytes += frame }
      return FrameRange(byteOffset: UInt32(bytes.count), byteCount: UInt32(frame.count))
    }
    return (bytes, ranges)
  }

  @Test(
    "gives the same messages as sending them one by one, however the host aligns them", arguments: [1, 3, 8],
    [0, 3, 5, 11] as [UInt32])
  func sameAsSingle(packetsPerMessage: Int, alignmentFactor: UInt32) throws {
    var chance = SeededGenerator(for: "burst, \(packetsPerMessage)")
    let frames = (0..<200).map { Frames.numbered($0, byteCount: Int.random(in: 10...1600, using: &chance)) }
    let (bytes, ranges) = Self.run(of: frames)
    var carried: [[[UInt8]]] = []
    var counters: [QueueCounters] = []
    for isBurst in [false, true] {
      let bench = try GuestBench(packetsPerMessage: packetsPerMessage) { host, configuration in
        configuration.frameByteCount = 1514
        host.terms.packetAlignmentFactor = alignmentFactor
      }
      var sender = try bench.device.makeSender(queue: 0)
      // What lay in a section before must not show in the padding.
      for _ in 0..<20 { try sender.publish([[UInt8](repeating: 0xEE, count: 1514)]) }
      try bench.complete(try bench.takeAll())
      try sender.poll()
      if isBurst {
        let count = try sender.send(ranges.span, in: bytes.span.bytes)
        #expect(count == frames.count)
      } else {
        for frame in frames { _ = try sender.send(frame) }
      }
      try sender.flush()
      carried.append(try bench.takeAll().map(\.carried))
      counters.append(sender.counters)
      _ = sender.finish()
    }
    #expect(carried[0] == carried[1])
    #expect(counters[0].offered == counters[1].offered && counters[0].refused == counters[1].refused)
    #expect(counters[1].refused.packets > 0)
    #expect(counters[0].messages == counters[1].messages)
  }

  @Test("stops at the frame that would block, and goes on with it later")
  func wouldBlock() throws {
    let bench = try GuestBench(sectionsPerQueue: 5, packetsPerMessage: 3)
    var sender = try bench.device.makeSender(queue: 0)
    let frames = Frames.numbered(0..<40)
    let (bytes, ranges) = Self.run(of: frames)
    var next = 0
    var seen: [[UInt8]] = []
    for round in 0..<3 {
      next += try sender.send(ranges.span.extracting(next..<40), in: bytes.span.bytes)
      #expect(next == min(15 * (round + 1), 40))
      try sender.flush()
      let packets = try bench.takeAll()
      seen += packets.map(\.carried)
      try bench.complete(packets)
      try sender.poll()
    }
    let expected = stride(from: 0, to: 40, by: 3).map {
      ExpectedPacket.section(Array(frames[$0..<min($0 + 3, 40)]), alignment: 8)
    }
    #expect(seen == expected)
    #expect(sender.finish().counters.completed == PacketCount(40, 2400))
  }

  @Test("does nothing for no frames, and refuses those that are not carried")
  func edges() throws {
    let bench = try GuestBench { $1.frameByteCount = 1514 }
    var sender = try bench.device.makeSender(queue: 0)
    let none = try sender.send([FrameRange]().span, in: [UInt8]().span.bytes)
    #expect(none == 0)
    let ranges = [FrameRange(byteOffset: 0, byteCount: 13), FrameRange(byteOffset: 0, byteCount: 1515)]
    let refused = try sender.send(ranges.span, in: [UInt8](repeating: 1, count: 1515).span.bytes)
    #expect(refused == 2)
    #expect(sender.counters.refused == PacketCount(2, 1528))
    #expect(sender.counters.offered == PacketCount(2, 1528))
    _ = sender.finish()
  }

  @Test("traps on a frame outside the bytes")
  func outside() async {
    await #expect(processExitsWith: .trap) {
      let bench = try GuestBench()
      var sender = try bench.device.makeSender(queue: 0)
      let ranges = [FrameRange(byteOffset: 40, byteCount: 61)]
      _ = try sender.send(ranges.span, in: [UInt8](repeating: 1, count: 100).span.bytes)
      _ = sender.finish()
    }
  }
}
