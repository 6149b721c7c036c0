import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Several frames in one message")
struct OpenMessageTests {
  @Test(
    "lie one behind the other, padded as the host says", arguments: [0, 2, 3, 6, 9] as [UInt32], [14, 61, 64, 155])
  func layout(alignmentFactor: UInt32, byteCount: Int) throws {
    let bench = try GuestBench(packetsPerMessage: 8) { host, _ in
      host.terms.packetAlignmentFactor = alignmentFactor
    }
    var sender = try bench.device.makeSender(queue: 0)
    // What lay in the section before must not show in the padding.
    try sender.publish([[UInt8](repeating: 0xEE, count: 5000)])
    try bench.complete(try bench.takeAll())
    try sender.poll()
    let frames = [Frames.numbered(1, byteCount: byteCount), Frames.golden, Frames.numbered(2, byteCount: byteCount)]
    try sender.publish(frames)
    let packets = try bench.takeAll()
    try #require(packets.count == 1)
    #expect(packets[0].carried == ExpectedPacket.section(frames, alignment: max(1 << Int(alignmentFactor), 4)))
    #expect(sender.counters.messages == 2)
    #expect(sender.counters.published == PacketCount(4, UInt64(5060 + 2 * byteCount)))
    _ = sender.finish()
  }

  @Test("are as many as guest and host both want", arguments: [(8, 8), (8, 3), (3, 8), (64, 8), (8, 0), (2, .max)])
  func packetLimit(guest: Int, host: UInt32) throws {
    let bench = try GuestBench(packetsPerMessage: guest) { scripted, _ in
      scripted.terms.maximumPacketsPerMessage = host
    }
    var sender = try bench.device.makeSender(queue: 0)
    let frames = Frames.numbered(0..<20)
    try sender.publish(frames)
    let limit = min(guest, Int(max(host, 1)))
    let expected = stride(from: 0, to: 20, by: limit).map {
      ExpectedPacket.section(Array(frames[$0..<min($0 + limit, 20)]), alignment: 8)
    }
    #expect(try bench.takeAll().map(\.carried) == expected)
    _ = sender.finish()
  }

  @Test("never go beyond a section, nor beyond what the host takes at once", arguments: [(1600, .max), (6144, 1600)])
  func byteLimit(section: UInt32, transfer: UInt32) throws {
    let bench = try GuestBench(packetsPerMessage: 8) { host, configuration in
      configuration.frameByteCount = 1514
      host.terms.sectionByteCount = section
      host.terms.maximumTransferByteCount = transfer
    }
    var sender = try bench.device.makeSender(queue: 0)
    // 44 and 700, twice, are 1,488; with another header, 68 are the most that fit.
    for (byteCount, fits) in [(68, true), (69, false)] {
      let frames = [700, 700, byteCount].map { Frames.numbered(1, byteCount: $0) }
      try sender.publish(frames)
      let packets = try bench.takeAll()
      #expect(packets.count == (fits ? 1 : 2))
      #expect(packets.allSatisfy { $0.carried.count <= 1600 })
      try bench.complete(packets)
      try sender.poll()
    }
    _ = sender.finish()
  }

  @Test("are written in place as well as copied, and what is dropped leaves no trace")
  func reservations() throws {
    let bench = try GuestBench(packetsPerMessage: 8)
    var sender = try bench.device.makeSender(queue: 0)
    var frames: [[UInt8]] = []
    for number in 0..<6 {
      let frame = Frames.numbered(number, byteCount: 61 + number)
      switch number % 3 {
      case 0:
        _ = try sender.send(frame)
      case 1:
        // Larger than what is committed: the place is the same.
        var reservation = try sender.reserve(300)
        for index in frame.indices {
          reservation.bytes.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self)
        }
        reservation.commit(byteCount: frame.count)
      default:
        _ = try sender.reserve(200)
        continue
      }
      frames.append(frame)
    }
    #expect(sender.inFlightCount == 1)
    try sender.flush()
    #expect(try bench.takeAll().map(\.carried) == [ExpectedPacket.section(frames, alignment: 8)])
    #expect(sender.counters.offered.packets == 4)
    _ = sender.finish()
  }

  @Test("share the fate of their message", arguments: [NVSPStatus.success, .failure])
  func fate(status: NVSPStatus) throws {
    let bench = try GuestBench(sectionsPerQueue: 4, packetsPerMessage: 8)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<12))
    _ = try sender.send(Frames.golden)
    let packets = try bench.takeAll()
    try bench.complete([packets[0]], status: status)
    let completed = try sender.poll()
    #expect(completed == 1)
    let counters = sender.finish().counters
    #expect((status == .success ? counters.completed : counters.failed) == PacketCount(8, 480))
    // Published or not: who ends gives it up.
    #expect(counters.lost == PacketCount(5, 300))
    #expect(counters.balances)
  }

  @Test("fill every section that there is, and then block", arguments: [1, 3, 8])
  func fill(packetsPerMessage: Int) throws {
    let bench = try GuestBench(sectionsPerQueue: 70, packetsPerMessage: packetsPerMessage)
    var sender = try bench.device.makeSender(queue: 0)
    var taken = 0
    while try sender.send(Frames.numbered(taken)) == .taken { taken += 1 }
    #expect(taken == 70 * packetsPerMessage)
    #expect(sender.hasRoom == false)
    #expect(sender.counters.noSection > 0)
    try sender.flush()
    let packets = try bench.takeAll()
    #expect(packets.count == 70)
    try bench.complete(packets)
    try sender.poll()
    #expect(sender.hasRoom == true)
    #expect(sender.finish().counters.completed.packets == UInt64(taken))
  }
}
