import TestSupport
import VMBusRing
import WireFormats

/// An in-band packet of whole words, as a test writes and expects it.
struct TestPacket: Equatable, Sendable {
  var transactionID: UInt64
  var payload: [UInt64]

  var ringByteCount: UInt32 { descriptor.ringByteCount }

  var descriptor: PacketDescriptor {
    PacketDescriptor(
      type: .dataInBand, payloadOffset: 16, byteCount: UInt32(16 + 8 * payload.count), completionRequested: true,
      transactionID: transactionID)
  }

  /// A packet that takes `ringByteCount` bytes of a ring, a multiple of 8 and at least 24. Every word tells which it is.
  init(_ transactionID: UInt64, ringByteCount: UInt32) {
    self.init(
      transactionID: transactionID,
      payload: (0..<UInt64(ringByteCount - 24) / 8).map { transactionID << 32 | $0 })
  }

  init(transactionID: UInt64, payload: [UInt64]) {
    self.transactionID = transactionID
    self.payload = payload
  }

  /// What a reader sees.
  init<Memory>(_ packet: borrowing IncomingPacket<Memory>) {
    let descriptor = packet.descriptor
    transactionID = descriptor.transactionID
    payload = []
    for offset in stride(from: descriptor.payloadOffset, to: descriptor.byteCount, by: 8) {
      payload.append(packet.word(at: offset))
    }
  }
}

extension RingProducer where Self: ~Copyable {
  /// Puts a packet into the next place of a reservation.
  mutating func frame(_ packet: TestPacket, in reservation: inout RingReservation) {
    let slot = slot(in: &reservation, for: packet.descriptor)
    for (index, word) in packet.payload.enumerated() { slot.store(word, at: UInt32(16 + 8 * index)) }
  }

  /// Writes and publishes one packet.
  @discardableResult
  mutating func put(_ packet: TestPacket) throws(RingError) -> Publication {
    var reservation = try reserve(packet.ringByteCount)
    frame(packet, in: &reservation)
    return commit(reservation)
  }

  /// Writes and publishes several packets by one store of the index.
  @discardableResult
  mutating func put(_ packets: [TestPacket]) throws(RingError) -> Publication {
    var reservation = try reserve(packets.reduce(0) { $0 + $1.ringByteCount })
    for packet in packets { frame(packet, in: &reservation) }
    return commit(reservation)
  }

  /// The error of a reservation that a test expects to fail. One that succeeds is framed and published, since it must
  /// be settled, and gives nil.
  mutating func refusal(of byteCount: UInt32) -> RingError? {
    do throws(RingError) {
      var reservation = try reserve(byteCount)
      frame(TestPacket(0, ringByteCount: byteCount), in: &reservation)
      _ = commit(reservation)
      return nil
    } catch {
      return error
    }
  }

  /// How many of `count` packets of `packetByteCount` bytes found room: they are framed and published.
  mutating func burst(_ count: Int, of packetByteCount: UInt32) throws(RingError) -> Int {
    var reservation = try reserve(upTo: count, of: packetByteCount)
    let fitting = Int(reservation.byteCount / packetByteCount)
    for index in 0..<fitting { frame(TestPacket(UInt64(index), ringByteCount: packetByteCount), in: &reservation) }
    _ = commit(reservation)
    return fitting
  }
}

extension RingConsumer where Memory: RingMemory {
  /// The next packet in memory of the test's own, or nil when all are read.
  mutating func take() throws(RingError) -> TestPacket? {
    guard let packet = try next() else { return nil }
    return TestPacket(packet)
  }

  /// The next packet's transaction id and first two payload words, where it is of that shape.
  mutating func words(of shape: PacketShape) throws(RingError) -> [UInt64]? {
    guard let words: InlineArray<3, UInt64> = try peek(shape) else { return nil }
    return [words[0], words[1], words[2]]
  }

  /// All packets there are.
  mutating func takeAll() throws(RingError) -> [TestPacket] {
    var packets: [TestPacket] = []
    while let packet = try take() { packets.append(packet) }
    return packets
  }

  /// The error of reading on, or nil where there is none.
  mutating func violation() -> RingError? {
    do throws(RingError) {
      _ = try takeAll()
      return nil
    } catch {
      return error
    }
  }
}
