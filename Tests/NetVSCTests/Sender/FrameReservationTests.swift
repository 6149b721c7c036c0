import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Writing a frame in place")
struct FrameReservationTests {
  /// Reserves, writes and commits a frame.
  private func commit(_ frame: [UInt8], to sender: inout Sender, reserving byteCount: Int? = nil) throws {
    var reservation = try sender.reserve(byteCount ?? frame.count)
    for index in frame.indices { reservation.bytes.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self) }
    reservation.commit(byteCount: frame.count)
  }

  @Test("gives the same bytes as sending a copy")
  func sameBytes() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try commit(Frames.golden, to: &sender)
    _ = try sender.send(Frames.golden)
    try sender.flush()
    let packets = try bench.takeAll()
    #expect(packets.map(\.carried) == [[UInt8]](repeating: ExpectedPacket.section(Frames.golden), count: 2))
    #expect(sender.finish().counters.published == PacketCount(2, 120))
  }

  @Test("keeps the order of commits and sends")
  func order() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for number in 0..<30 {
      if number % 3 == 0 {
        _ = try sender.send(Frames.numbered(number))
      } else {
        try commit(Frames.numbered(number), to: &sender)
      }
    }
    try sender.flush()
    #expect(try bench.takeAll().map(\.frame) == Frames.numbered(0..<30))
    _ = sender.finish()
  }

  @Test("has room for exactly what was asked for, and may be committed shorter", arguments: [14, 15, 60, 99, 100])
  func shorter(byteCount: Int) throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    do {
      let reservation = try sender.reserve(100)
      #expect(reservation.bytes.byteCount == 100)
    }
    try commit(Frames.numbered(3, byteCount: byteCount), to: &sender, reserving: 100)
    try sender.flush()
    let packet = try #require(try bench.takeAll().first)
    #expect(packet.carried == ExpectedPacket.section(Frames.numbered(3, byteCount: byteCount)))
    #expect(sender.finish().counters.offered == PacketCount(1, UInt64(byteCount)))
  }

  @Test("is committed whole where no size is given")
  func whole() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    do {
      var reservation = try sender.reserve(60)
      for index in 0..<60 { reservation.bytes.storeBytes(of: 7, toByteOffset: index, as: UInt8.self) }
      reservation.commit()
    }
    try sender.flush()
    #expect(try bench.takeAll().map(\.frame) == [Frames.numbered(7)])
    _ = sender.finish()
  }

  @Test("did not happen when it is dropped")
  func dropped() throws {
    let bench = try GuestBench(sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    for _ in 0..<20 {
      var reservation = try sender.reserve(60)
      reservation.bytes.storeBytes(of: 0xFF, toByteOffset: 0, as: UInt8.self)
    }
    try sender.flush()
    #expect(sender.counters == QueueCounters())
    #expect(sender.inFlightCount == 0)
    let free = try sender.fill()
    #expect(free == 4)
    #expect(try bench.takeAll().map(\.frame) == Frames.numbered(0..<4))
    _ = sender.finish()
  }

  @Test("that was committed counts although nothing else is called before the end")
  func committedLast() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try commit(Frames.golden, to: &sender)
    let counters = sender.finish().counters
    #expect(counters.offered == PacketCount(1, 60))
    #expect(counters.published == PacketCount())
    #expect(counters.lost == PacketCount(1, 60))
  }

  @Test("is refused for the sizes that sending refuses, and counted the same")
  func refusals() throws {
    let bench = try GuestBench { $1.frameByteCount = 1514 }
    var sender = try bench.device.makeSender(queue: 0)
    for (byteCount, expected) in [
      (1515, ReservationRefusal.tooLarge), (.max, .tooLarge), (13, .tooShort), (0, .tooShort),
    ] {
      #expect(throws: expected) { _ = try sender.reserve(byteCount) }
    }
    let counters = sender.finish().counters
    #expect(counters.refusedTooLarge.packets == 2)
    #expect(counters.refusedTooShort == PacketCount(2, 13))
    #expect(counters.balances)
  }

  @Test("would block without a free section, as if nothing had happened")
  func noSection() throws {
    let bench = try GuestBench(sectionsPerQueue: 4)
    var sender = try bench.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<4))
    #expect(throws: ReservationRefusal.wouldBlock) { _ = try sender.reserve(60) }
    #expect(sender.counters.noSection == 1)
    #expect(sender.counters.offered == PacketCount(4, 240))
    _ = sender.finish()
  }

  @Test("would block while a burst waits for the ring, and blames no section for it")
  func fullBurst() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for number in 0..<64 { try commit(Frames.numbered(number), to: &sender) }
    #expect(throws: ReservationRefusal.wouldBlock) { _ = try sender.reserve(60) }
    #expect(sender.counters.noSection == 0)
    try sender.flush()
    try commit(Frames.numbered(64), to: &sender)
    try sender.flush()
    #expect(try bench.takeAll().map(\.frame) == Frames.numbered(0..<65))
    _ = sender.finish()
  }

  @Test("cannot be committed shorter than an Ethernet header or longer than it is")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let bench = try GuestBench()
      var sender = try bench.device.makeSender(queue: 0)
      let reservation = try sender.reserve(60)
      reservation.commit(byteCount: 13)
    }
    await #expect(processExitsWith: .failure) {
      let bench = try GuestBench()
      var sender = try bench.device.makeSender(queue: 0)
      let reservation = try sender.reserve(60)
      reservation.commit(byteCount: 61)
    }
    // Nor by the length of other bytes that were put in the place of its own.
    await #expect(processExitsWith: .trap) {
      let bench = try GuestBench()
      var sender = try bench.device.makeSender(queue: 0)
      var others = [UInt8](repeating: 0, count: 200)
      var reservation = try sender.reserve(100)
      var span = others.mutableSpan
      reservation.bytes = span.mutableBytes
      reservation.commit(byteCount: 200)
    }
  }
}
