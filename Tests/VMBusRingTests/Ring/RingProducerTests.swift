import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What every way to own a ring's writing end promises.
@Suite("Any producer")
struct RingProducerTests {
  /// Two words of a control page and the room between them.
  struct Room: Sendable {
    let write: UInt32
    let read: UInt32
    let free: UInt32
    /// The largest packets that fit, by what they take of the ring; 0 where none does.
    let largest: UInt32

    static let checks = [
      Room(write: 0, read: 0, free: 4096, largest: 4088),
      Room(write: 0x40, read: 0, free: 4032, largest: 4024),
      Room(write: 0, read: 0x40, free: 64, largest: 56),
      Room(write: 0xFF8, read: 0, free: 8, largest: 0),
      Room(write: 0xFE8, read: 0x28, free: 64, largest: 56),
    ]
  }

  @Test(
    "fits the largest packet that leaves eight bytes free, and no larger one", arguments: Room.checks, RingVariant.all)
  func largest(room: Room, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: room.write, read: room.read)
    var producer = try ProducerUnderTest(variant.kind, test)
    let tooLarge = max(24, room.largest + 8)
    let refusal = producer.refusal(of: tooLarge)
    let expected: RingError =
      tooLarge >= 4096
      ? .tooLarge(needed: tooLarge, dataByteCount: 4096) : .full(needed: tooLarge, free: room.free)
    #expect(refusal == expected, "\(test)")
    #expect(test[.writeIndex] == room.write)
    guard room.largest > 0 else { return }
    try producer.put(TestPacket(1, ringByteCount: room.largest))
    #expect(test[.writeIndex] == (room.write + room.largest) % 4096)
    let afterwards = producer.refusal(of: 24)
    #expect(afterwards == .full(needed: 24, free: 8), "the ring never fills")
  }

  @Test("tells a packet that could never fit from one that does not fit now", arguments: RingVariant.all)
  func tooLarge(variant: RingVariant) throws {
    let test = try TestRing(dataByteCount: 8192, mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    for byteCount: UInt32 in [8192, 8200, 1 << 30] {
      let refusal = producer.refusal(of: byteCount)
      #expect(refusal == .tooLarge(needed: byteCount, dataByteCount: 8192))
      #expect(refusal?.isViolation == false)
    }
    try producer.put(TestPacket(1, ringByteCount: 24))
    let refusal = producer.refusal(of: 8184)
    #expect(refusal == .full(needed: 8184, free: 8168))
    #expect(refusal?.isViolation == false)
  }

  @Test("finds the room that the reader gave back", arguments: RingVariant.all)
  func roomGivenBack(variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    try producer.put(TestPacket(1, ringByteCount: 4000))
    let before = producer.refusal(of: 96)
    #expect(before == .full(needed: 96, free: 96))
    test[.readIndex] = 8
    try producer.put(TestPacket(2, ringByteCount: 96))
    #expect(test[.writeIndex] == 0)
  }

  @Test(
    "takes as many packets of a burst as fit", arguments: RingVariant.all,
    [(1, 64, 1), (32, 64, 32), (63, 64, 63), (64, 64, 63), (1000, 64, 63), (.max, 4088, 1), (200, 24, 170)]
      as [(Int, UInt32, Int)])
  func burst(variant: RingVariant, sizes: (count: Int, byteCount: UInt32, fitting: Int)) throws {
    let test = try TestRing(mapping: variant.mapping, write: 0x40, read: 0x40)
    var producer = try ProducerUnderTest(variant.kind, test)
    let fitting = try producer.burst(sizes.count, of: sizes.byteCount)
    #expect(fitting == sizes.fitting)
    #expect(test[.writeIndex] == (0x40 + UInt32(fitting) * sizes.byteCount) % 4096)
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    let packets = try consumer.takeAll()
    #expect(packets == (0..<fitting).map { TestPacket(UInt64($0), ringByteCount: sizes.byteCount) })
  }

  @Test("frames a packet of known size as it frames one word by word, wherever it wraps", arguments: RingVariant.all)
  func knownSize(variant: RingVariant) throws {
    for start in stride(from: UInt32(4096 - 72), to: 4096, by: 8) {
      let (byWord, whole) = (
        try TestRing(mapping: variant.mapping, write: start, read: start),
        try TestRing(mapping: variant.mapping, write: start, read: start)
      )
      let packet = TestPacket(5, ringByteCount: 64)
      var first = try ProducerUnderTest(variant.kind, byWord)
      try first.put(packet)
      var second = try ProducerUnderTest(variant.kind, whole)
      var reservation = try second.reserve(64)
      let payload = packet.payload
      second.frame(
        [packet.descriptor.firstWord, 5, payload[0], payload[1], payload[2], payload[3], payload[4]], in: &reservation)
      _ = second.commit(reservation)
      #expect(byWord.data == whole.data)
      #expect(byWord[.writeIndex] == whole[.writeIndex])
    }
  }

  @Test("refuses a burst of which not one packet fits", arguments: RingVariant.all)
  func refusedBurst(variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: 0, read: 0x40)
    var producer = try ProducerUnderTest(variant.kind, test)
    let full = #expect(throws: RingError.self) { _ = try producer.burst(4, of: 64) }
    #expect(full == .full(needed: 64, free: 64))
    let tooLarge = #expect(throws: RingError.self) { _ = try producer.burst(4, of: 4096) }
    #expect(tooLarge == .tooLarge(needed: 4096, dataByteCount: 4096))
    let fitting = try producer.burst(4, of: 24)
    #expect(fitting == 2)
  }

  /// Two indices, the mask, and whether a publication from `write` signals.
  struct SignalCheck: Sendable {
    let read: UInt32
    let mask: UInt32
    let publication: Publication

    static let all = [
      SignalCheck(read: 0x40, mask: 0, publication: .signal),
      SignalCheck(read: 0, mask: 0, publication: .quiet),
      SignalCheck(read: 0x40, mask: 1, publication: .quiet),
      SignalCheck(read: 0x40, mask: .max, publication: .quiet),
    ]
  }

  @Test("signals when it ended an emptiness, unless it is masked", arguments: SignalCheck.all, RingVariant.all)
  func signal(check: SignalCheck, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: 0x40, read: check.read)
    test[.interruptMask] = check.mask
    var producer = try ProducerUnderTest(variant.kind, test)
    let publication = try producer.put(TestPacket(1, ringByteCount: 64))
    #expect(test[.writeIndex] == 0x80)
    #expect(publication == check.publication, "\(test)")
  }

  @Test("judges a group of packets by the index that the group replaced", arguments: RingVariant.all)
  func groupSignal(variant: RingVariant) throws {
    for (read, expected) in [(0x40, .signal), (0, .quiet)] as [(UInt32, Publication)] {
      let test = try TestRing(mapping: variant.mapping, write: 0x40, read: read)
      var producer = try ProducerUnderTest(variant.kind, test)
      var reservation = try producer.reserve(64 + 104)
      producer.frame(TestPacket(1, ringByteCount: 64), in: &reservation)
      producer.frame(TestPacket(2, ringByteCount: 104), in: &reservation)
      #expect(test[.writeIndex] == 0x40, "a group is published by one store")
      let publication = producer.commit(reservation)
      #expect(test[.writeIndex] == 0xE8)
      #expect(publication == expected, "\(test)")
    }
  }

  @Test("signals once for a burst into an empty ring, and not while the reader is behind", arguments: RingVariant.all)
  func signalOnce(variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    let first = try producer.put([TestPacket(1, ringByteCount: 24), TestPacket(2, ringByteCount: 32)])
    let second = try producer.put(TestPacket(3, ringByteCount: 24))
    test[.readIndex] = 56
    let behind = try producer.put(TestPacket(4, ringByteCount: 24))
    test[.readIndex] = 104
    let emptied = try producer.put(TestPacket(5, ringByteCount: 24))
    #expect([first, second, behind, emptied] == [.signal, .quiet, .quiet, .signal])
  }

  @Test("zero-pads a payload of any length", arguments: Array(1...17), RingVariant.all)
  func padding(byteCount: Int, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: 4080, read: 4080)
    var producer = try ProducerUnderTest(variant.kind, test)
    let payload = (1...UInt8(byteCount)).map { $0 }
    _ = try producer.write(
      .completion, payload: payload.span.bytes, transactionID: 7, completionRequested: false)
    let padded = (byteCount + 7) / 8 * 8
    let bytes = test.data(at: 4080, count: 16 + padded + 8)
    #expect(
      bytes[16...].elementsEqual(
        payload + [UInt8](repeating: 0, count: padded - byteCount) + [0, 0, 0, 0, 0xF0, 0x0F, 0, 0]))
    #expect(bytes[..<16].elementsEqual([0xB, 0, 2, 0, UInt8(2 + padded / 8), 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]))
  }

  @Test("writes an empty payload", arguments: RingVariant.all)
  func emptyPayload(variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    let payload: [UInt8] = []
    _ = try producer.write(.completion, payload: payload.span.bytes, transactionID: 7, completionRequested: false)
    #expect(test[.writeIndex] == 24)
    let expected = HexVector(
      "0000  0b 00 02 00 02 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 a5 a5 a5 a5 a5 a5 a5 a5")
    #expect(test.data(at: 0, count: 32) == expected.bytes)
  }

  @Test(
    "throws for a reader's index that no reader can leave", arguments: [4096, 4, 4095, 1 << 31, .max], RingVariant.all)
  func hostileReadIndex(index: UInt32, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    try producer.put(TestPacket(1, ringByteCount: 4032))
    test[.readIndex] = index
    let refusal = producer.refusal(of: 64)
    #expect(refusal == .indexOutOfRange(index))
    #expect(refusal?.isViolation == true)
    let burst = #expect(throws: RingError.self) { _ = try producer.burst(2, of: 64) }
    #expect(burst == .indexOutOfRange(index))
    #expect(test[.writeIndex] == 4032, "nothing was published")
  }

  @Test("does not take over a ring whose own index is out of range", arguments: [4096, 12, .max], RingVariant.all)
  func illegalStart(index: UInt32, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: index)
    let error = #expect(throws: RingError.self) { _ = try ProducerUnderTest(variant.kind, test) }
    #expect(error == .indexOutOfRange(index))
  }

  @Test("never reads its own index back", arguments: RingVariant.all)
  func ownIndex(variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    try producer.put(TestPacket(1, ringByteCount: 24))
    test[.writeIndex] = 0xFFFF_FFFF
    try producer.put(TestPacket(2, ringByteCount: 24))
    #expect(test[.writeIndex] == 48)
  }
}
