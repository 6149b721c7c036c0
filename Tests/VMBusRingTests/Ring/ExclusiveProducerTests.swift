import SharedMemory
import TestSupport
import Testing
import VMBusRing

@Suite("An exclusive producer")
struct ExclusiveProducerTests {
  private static func producer(_ test: TestRing) throws(RingError) -> ExclusiveProducer<MappedRing> {
    try ExclusiveProducer(test.ring, keeper: test.view)
  }

  @Test("leaves no trace of a reservation that it aborts", arguments: RingMapping.allCases)
  func abort(mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping, write: 4000, read: 4000)
    var producer = try Self.producer(test)
    let (control, data) = (test.controlPage, test.data)
    producer.abort(try producer.reserve(4088))
    producer.abort(try producer.reserve(upTo: 10, of: 64))
    #expect(test.controlPage == control && test.data == data)

    var framed = try producer.reserve(64)
    producer.frame(TestPacket(1, ringByteCount: 64), in: &framed)
    producer.abort(framed)
    #expect(test.controlPage == control, "what was framed is not published")

    try producer.put(TestPacket(2, ringByteCount: 128))
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    let packets = try consumer.takeAll()
    #expect(packets == [TestPacket(2, ringByteCount: 128)])
    let free = try producer.freeByteCount()
    #expect(free == 4096 - 128)
  }

  @Test("goes on where another one left a ring with unread packets", arguments: RingMapping.allCases)
  func takeover(mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping)
    var first = try Self.producer(test)
    try first.put(TestPacket(1, ringByteCount: 64))
    var second = try Self.producer(test)
    let free = try second.freeByteCount()
    #expect(free == 4032)
    let publication = try second.put(TestPacket(2, ringByteCount: 64))
    #expect(publication == .quiet)
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    let packets = try consumer.takeAll()
    #expect(packets == [TestPacket(1, ringByteCount: 64), TestPacket(2, ringByteCount: 64)])
  }

  @Test("looks at the reader's index only when it knows of no room")
  func looks() throws {
    let test = try TestRing(mapping: .single)
    var producer = try Self.producer(test)
    // Reading it would throw.
    test[.readIndex] = 5
    try producer.put(TestPacket(1, ringByteCount: 4088))
    test[.readIndex] = 4088
    try producer.put(TestPacket(2, ringByteCount: 4088))
    test[.readIndex] = 5
    let refusal = producer.refusal(of: 24)
    #expect(refusal == .indexOutOfRange(5))
  }

  @Test("does not take over a ring with a reader's index out of range", arguments: [4096, 20, .max])
  func illegalReadIndex(index: UInt32) throws {
    let test = try TestRing(mapping: .single, read: index)
    #expect(throws: RingError.indexOutOfRange(index)) { _ = try Self.producer(test) }
  }

  @Test("throws when the reader's index goes back", arguments: RingMapping.allCases)
  func movedBack(mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping)
    var producer = try Self.producer(test)
    try producer.put(TestPacket(1, ringByteCount: 4000))
    test[.readIndex] = 512
    let free = try producer.freeByteCount()
    #expect(free == 608)
    test[.readIndex] = 504
    #expect(throws: RingError.indexMovedBack(from: 512, to: 504)) { _ = try producer.freeByteCount() }
    #expect(throws: RingError.indexMovedBack(from: 512, to: 504)) { _ = try producer.arm(needing: 1024) }
    let refusal = producer.refusal(of: 608)
    #expect(refusal == .indexMovedBack(from: 512, to: 504))
    #expect(refusal?.isViolation == true)
  }

  @Test("throws when the reader's index goes past what was published", arguments: [4008, 4088, 504])
  func movedPast(index: UInt32) throws {
    let test = try TestRing(mapping: .single, write: 512, read: 512)
    var producer = try Self.producer(test)
    try producer.put(TestPacket(1, ringByteCount: 3488))
    test[.readIndex] = index
    #expect(throws: RingError.indexMovedBack(from: 512, to: index)) { _ = try producer.freeByteCount() }
  }

  @Test("tells the reader how much room it waits for, and no longer once told")
  func arm() throws {
    let test = try TestRing(mapping: .single, write: 0, read: 0x40)
    var producer = try Self.producer(test)
    let isThere = try producer.arm(needing: 64)
    #expect(!isThere)
    #expect(test[.pendingSendSize] == 64)
    producer.disarm()
    #expect(test[.pendingSendSize] == 0)
  }

  @Test("does not wait for room that is there when it looks once more")
  func armWithRoom() throws {
    let test = try TestRing(mapping: .single, write: 0, read: 0x40)
    var producer = try Self.producer(test)
    let refusal = producer.refusal(of: 64)
    #expect(refusal == .full(needed: 64, free: 64))
    test[.readIndex] = 0x48
    let isThere = try producer.arm(needing: 64)
    #expect(isThere)
    #expect(test[.pendingSendSize] == 0)
    try producer.put(TestPacket(1, ringByteCount: 64))
  }
}
