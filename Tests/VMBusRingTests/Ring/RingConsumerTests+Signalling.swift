import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A consumer, when it signals and is signalled,")
struct RingConsumerSignallingTests {
  private static func consumer(_ test: TestRing) throws(RingError) -> RingConsumer<MappedRing> {
    try RingConsumer(test.ring, keeper: test.view)
  }

  /// The room before and after a release, the room that the writer waits for, and whether it is told.
  struct PendingCheck: Sendable {
    let before: UInt32
    let after: UInt32
    var pending: UInt32 = 256
    let signals: Bool

    static let all = [
      PendingCheck(before: 200, after: 304, signals: true),
      PendingCheck(before: 256, after: 304, signals: true),
      PendingCheck(before: 264, after: 304, signals: false),
      PendingCheck(before: 200, after: 256, signals: false),
      PendingCheck(before: 200, after: 264, signals: true),
      PendingCheck(before: 200, after: 304, pending: 0, signals: false),
      // The low three bits mean nothing.
      PendingCheck(before: 200, after: 264, pending: 263, signals: true),
      PendingCheck(before: 256, after: 304, pending: 263, signals: true),
      PendingCheck(before: 200, after: 304, pending: 7, signals: false),
      // Some writers wait for an empty ring by its size less one.
      PendingCheck(before: 8, after: 4096, pending: 4095, signals: true),
      PendingCheck(before: 8, after: 4088, pending: 4095, signals: false),
      // More than there will ever be.
      PendingCheck(before: 8, after: 4096, pending: 4096, signals: false),
      PendingCheck(before: 8, after: 4096, pending: .max, signals: false),
    ]
  }

  @Test("tells a blocked writer of the release that crosses its size", arguments: PendingCheck.all, [0, 1] as [UInt32])
  func pending(check: PendingCheck, mask: UInt32) throws {
    let test = try TestRing(mapping: .single, write: 4096 - check.before)
    let packet = TestPacket(1, ringByteCount: check.after - check.before)
    test.put(packet.descriptor.firstWord, at: 0)
    test[.pendingSendSize] = check.pending
    // The mask is about the other direction and plays no part.
    test[.interruptMask] = mask
    var consumer = try Self.consumer(test)
    _ = try consumer.next()
    let signals = consumer.release()
    #expect(signals == check.signals, "\(test)")
  }

  @Test("tells a blocked writer once")
  func pendingOnce() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    // 160 packets leave 256 bytes free.
    _ = try producer.burst(160, of: 24)
    test[.pendingSendSize] = 320
    var consumer = try Self.consumer(test)
    var signals: [Bool] = []
    for _ in 0..<6 {
      _ = try consumer.next()
      signals.append(consumer.release())
    }
    // 280, 304, 328, …
    #expect(signals == [false, false, true, false, false, false])
  }

  @Test("tells nobody when the writer's index is out of range")
  func pendingWithHostileIndex() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    try producer.put(TestPacket(1, ringByteCount: 4088))
    var consumer = try Self.consumer(test)
    _ = try consumer.next()
    test[.pendingSendSize] = 64
    test[.writeIndex] = 4096
    let signals = consumer.release()
    #expect(!signals)
    #expect(test[.readIndex] == 4088)
  }

  @Test("masks and unmasks")
  func mask() throws {
    let test = try TestRing(mapping: .single)
    var consumer = try Self.consumer(test)
    consumer.mask()
    #expect(test[.interruptMask] == 1)
    let isThere = try consumer.unmask()
    #expect(!isThere)
    #expect(test[.interruptMask] == 0)
  }

  @Test("stays masked when a packet came before it unmasked")
  func unmaskAndLook() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    var consumer = try Self.consumer(test)
    consumer.mask()
    let publication = try producer.put(TestPacket(1, ringByteCount: 24))
    #expect(publication == .quiet)
    let isThere = try consumer.unmask()
    #expect(isThere)
    #expect(test[.interruptMask] == 1)
    let packet = try consumer.take()
    #expect(packet?.transactionID == 1)
  }

  @Test("stays masked when it stopped before it had read all")
  func unmaskMidway() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    try producer.put([TestPacket(1, ringByteCount: 24), TestPacket(2, ringByteCount: 24)])
    var consumer = try Self.consumer(test)
    _ = try consumer.take()
    _ = consumer.release()
    let isThere = try consumer.unmask()
    #expect(isThere)
    #expect(test[.interruptMask] == 1)
  }
}
