import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A consumer")
struct RingConsumerTests {
  private static func consumer(_ test: TestRing) throws(RingError) -> RingConsumer<MappedRing> {
    try RingConsumer(test.ring, keeper: test.view)
  }

  @Test("reads what was written, in order, and then nothing", arguments: RingMapping.allCases)
  func order(mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping, write: 4072, read: 4072)
    var producer = try ProducerUnderTest(.exclusive, test)
    var consumer = try Self.consumer(test)
    let nothing = try consumer.take()
    #expect(nothing == nil)
    let packets = [24, 32, 40, 4000].enumerated().map { TestPacket(UInt64($0.offset), ringByteCount: $0.element) }
    try producer.put(Array(packets[..<2]))
    let first = try consumer.take()
    for packet in packets[2...] where packet.ringByteCount < 4000 { try producer.put(packet) }
    let others = try consumer.takeAll()
    #expect([first] + others == packets[..<3].map { $0 })
    let last = try consumer.take()
    #expect(last == nil)
  }

  @Test("reads a packet whatever part of it lies behind the end", arguments: RingMapping.allCases)
  func wrap(mapping: RingMapping) throws {
    let packet = TestPacket(0xFACE, ringByteCount: 48)
    for start in stride(from: UInt32(4048), through: 4088, by: 8) {
      let test = try TestRing(mapping: mapping, write: start, read: start)
      var producer = try ProducerUnderTest(.exclusive, test)
      try producer.put(packet)
      var consumer = try Self.consumer(test)
      let read = try consumer.take()
      #expect(read == packet, "from \(start)")
      _ = consumer.release()
      #expect(test[.readIndex] == (start + 48) % 4096)
    }
  }

  @Test("shows packets of a shape wherever they lie, and reads them when told", arguments: RingMapping.allCases)
  func shapes(mapping: RingMapping) throws {
    let shape = PacketShape(.dataInBand, payloadByteCount: 24, completionRequested: true)
    for start in stride(from: UInt32(4040), through: 4088, by: 8) {
      let test = try TestRing(mapping: mapping, write: start, read: start)
      var producer = try ProducerUnderTest(.exclusive, test)
      var consumer = try Self.consumer(test)
      var seen: [[UInt64]?] = []
      seen.append(try consumer.words(of: shape))
      try producer.put([TestPacket(7, ringByteCount: 48), TestPacket(8, ringByteCount: 40)])
      for _ in 0..<2 { seen.append(try consumer.words(of: shape)) }
      consumer.skip(shape)
      seen.append(try consumer.words(of: shape))
      let expected: [[UInt64]?] = [nil, [7, 7 << 32, 7 << 32 | 1], [7, 7 << 32, 7 << 32 | 1], nil]
      #expect(seen == expected, "from \(start)")
      let last = try consumer.take()
      #expect(last == TestPacket(8, ringByteCount: 40))
      _ = consumer.release()
      #expect(test[.readIndex] == (start + 88) % 4096)
    }
  }

  @Test("shows no packet that is not wholly there, and notices a broken index")
  func brokenShapes() throws {
    let shape = PacketShape(.dataInBand, payloadByteCount: 24, completionRequested: true)
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    try producer.put(TestPacket(7, ringByteCount: 48))
    var consumer = try Self.consumer(test)
    test[.writeIndex] = 40
    let words = try consumer.words(of: shape)
    #expect(words == nil)
    let violation = consumer.violation()
    #expect(violation != nil)
    var other = try Self.consumer(test)
    test[.writeIndex] = 4097
    var error: RingError?
    do throws(RingError) { _ = try other.words(of: shape) } catch let thrown { error = thrown }
    #expect(error == .indexOutOfRange(4097))
  }

  @Test("gives space back only when told, all of it at once")
  func release() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    try producer.put([TestPacket(1, ringByteCount: 24), TestPacket(2, ringByteCount: 32)])
    var consumer = try Self.consumer(test)
    var holds = [consumer.holdsSpace]
    _ = try consumer.takeAll()
    holds.append(consumer.holdsSpace)
    #expect(test[.readIndex] == 0)
    let signal = consumer.release()
    holds.append(consumer.holdsSpace)
    #expect(test[.readIndex] == 56)
    #expect(!signal, "nobody waits")
    #expect(holds == [false, true, false])
  }

  @Test("stores no index when there is nothing to give back")
  func emptyRelease() throws {
    let test = try TestRing(mapping: .single)
    var consumer = try Self.consumer(test)
    test[.readIndex] = 0x77
    test[.pendingSendSize] = 64
    let signal = consumer.release()
    #expect(!signal)
    #expect(test[.readIndex] == 0x77)
  }

  @Test("does not look at the writer's index before it has read all it knew of")
  func looks() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    try producer.put([TestPacket(1, ringByteCount: 24), TestPacket(2, ringByteCount: 24)])
    var consumer = try Self.consumer(test)
    _ = try consumer.take()
    test[.writeIndex] = 5
    let second = try consumer.take()
    #expect(second?.transactionID == 2)
    let violation = consumer.violation()
    #expect(violation == .indexOutOfRange(5))
  }

  @Test("traps on a word outside the packet")
  func wordOutside() async {
    await #expect(processExitsWith: .trap) {
      let test = try TestRing(mapping: .single)
      var producer = try ProducerUnderTest(.exclusive, test)
      try producer.put(TestPacket(1, ringByteCount: 64))
      var consumer = try Self.consumer(test)
      _ = try consumer.next()?.word(at: 56)
    }
    await #expect(processExitsWith: .trap) {
      let test = try TestRing(mapping: .single)
      var producer = try ProducerUnderTest(.exclusive, test)
      try producer.put(TestPacket(1, ringByteCount: 64))
      var consumer = try Self.consumer(test)
      _ = try consumer.next()?.byte(at: .max)
    }
  }
}
