import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A consumer of a hostile writer's ring")
struct RingConsumerHostileWriterTests {
  private static func consumer(_ test: TestRing) throws(RingError) -> RingConsumer<MappedRing> {
    try RingConsumer(test.ring, keeper: test.view)
  }

  @Test("does not take over a ring whose own index is out of range", arguments: [4096, 12, .max])
  func illegalStart(index: UInt32) throws {
    let test = try TestRing(mapping: .single, read: index)
    #expect(throws: RingError.indexOutOfRange(index)) { _ = try Self.consumer(test) }
  }

  @Test("throws for a writer's index that no writer can leave", arguments: [4096, 4, 4095, 1 << 31, .max])
  func hostileWriteIndex(index: UInt32) throws {
    let test = try TestRing(mapping: .single)
    var consumer = try Self.consumer(test)
    test[.writeIndex] = index
    let violation = consumer.violation()
    #expect(violation == .indexOutOfRange(index))
    #expect(violation?.isViolation == true)
    #expect(throws: RingError.indexOutOfRange(index)) { _ = try consumer.unmask() }
    _ = consumer.release()
    #expect(test[.readIndex] == 0)
  }

  @Test("throws when the writer's index goes back to where the reader holds space", arguments: [0, 24, 40] as [UInt32])
  func movedBack(index: UInt32) throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    try producer.put([TestPacket(1, ringByteCount: 24), TestPacket(2, ringByteCount: 24)])
    var consumer = try Self.consumer(test)
    _ = try consumer.takeAll()
    test[.writeIndex] = index
    let violation = consumer.violation()
    #expect(violation == .indexMovedBack(from: 48, to: index))
  }

  @Test("comes to an end, whatever the data is", arguments: RingMapping.allCases)
  func garbage(mapping: RingMapping) throws {
    var random = SeededGenerator(seed: 0x6172_6261_6765)
    for _ in 0..<200 {
      let test = try TestRing(
        mapping: mapping, write: UInt32.random(in: 0..<512, using: &random) * 8,
        read: UInt32.random(in: 0..<512, using: &random) * 8)
      // Mostly small lengths, so that there are packets before the first that is wrong.
      for offset in stride(from: 0, to: 4096, by: 8) where Bool.random(using: &random) {
        test.put(random.next() & 0x0001_001F_0007_000F, at: offset)
      }
      var consumer = try Self.consumer(test)
      _ = consumer.violation()
      _ = consumer.release()
      #expect(RingArithmetic.isLegal(test[.readIndex], in: 4096), "\(test)")
    }
  }

  /// The words of a descriptor with one thing wrong, in a ring of which 128 bytes are readable.
  struct HostileDescriptor: Sendable, CustomStringConvertible {
    var type: UInt64 = 6
    var payloadOffset: UInt64 = 2
    var byteCount: UInt64 = 4
    var flags: UInt64 = 1
    let error: WireError

    var firstWord: UInt64 { type | payloadOffset << 16 | byteCount << 32 | flags << 48 }
    var description: String { "type \(type), offset \(payloadOffset), length \(byteCount), flags \(flags): \(error)" }

    static let all = [
      HostileDescriptor(payloadOffset: 0, error: .payloadOffsetTooSmall(byteOffset: 0, minimum: 16)),
      HostileDescriptor(payloadOffset: 1, error: .payloadOffsetTooSmall(byteOffset: 8, minimum: 16)),
      HostileDescriptor(type: 7, error: .payloadOffsetTooSmall(byteOffset: 16, minimum: 24)),
      HostileDescriptor(type: 9, error: .payloadOffsetTooSmall(byteOffset: 16, minimum: 24)),
      HostileDescriptor(payloadOffset: 5, error: .payloadOffsetBeyondPacket(byteOffset: 40, packetByteCount: 32)),
      HostileDescriptor(
        payloadOffset: 0xFFFF, error: .payloadOffsetBeyondPacket(byteOffset: 524_280, packetByteCount: 32)),
      HostileDescriptor(byteCount: 0, error: .payloadOffsetBeyondPacket(byteOffset: 16, packetByteCount: 0)),
      HostileDescriptor(byteCount: 1, error: .payloadOffsetBeyondPacket(byteOffset: 16, packetByteCount: 8)),
      HostileDescriptor(byteCount: 16, error: .packetBeyondRing(ringByteCount: 136, available: 128)),
      HostileDescriptor(byteCount: 0xFFFE, error: .packetBeyondRing(ringByteCount: 524_280, available: 128)),
      HostileDescriptor(byteCount: 0xFFFF, error: .packetBeyondRing(ringByteCount: 524_288, available: 128)),
      HostileDescriptor(flags: 2, error: .unknownFlags(2)),
      HostileDescriptor(flags: 0x8001, error: .unknownFlags(0x8001)),
      HostileDescriptor(flags: 0xFFFF, error: .unknownFlags(0xFFFF)),
    ]
  }

  @Test("throws for a descriptor with any field wrong, and goes no further", arguments: HostileDescriptor.all)
  func hostileDescriptor(descriptor: HostileDescriptor) throws {
    for start: UInt32 in [0, 4088] {
      let test = try TestRing(mapping: .single, write: (start + 128) % 4096, read: start)
      test.put(descriptor.firstWord, at: Int(start))
      var consumer = try Self.consumer(test)
      for _ in 0..<2 {
        let violation = consumer.violation()
        #expect(violation == .badDescriptor(descriptor.error))
        #expect(violation?.isViolation == true)
      }
      _ = consumer.release()
      #expect(test[.readIndex] == start)
    }
  }

  @Test("takes the largest packet that was published, and types that it does not know")
  func legalExtremes() throws {
    let test = try TestRing(mapping: .single, write: 4088)
    test.put(0xFFFF | 511 << 16 | 510 << 32, at: 0)
    var consumer = try Self.consumer(test)
    let tooFar = consumer.violation()
    #expect(tooFar == .badDescriptor(.payloadOffsetBeyondPacket(byteOffset: 4088, packetByteCount: 4080)))
    test.put(0xFFFF | 510 << 16 | 510 << 32, at: 0)
    do {
      guard let packet = try consumer.next() else {
        Issue.record("no packet")
        return
      }
      let payloadByteCount = packet.payloadByteCount
      #expect(payloadByteCount == 0)
      #expect(packet.descriptor.type == VMBusPacketType(rawValue: 0xFFFF))
    }
    let end = try consumer.take()
    #expect(end == nil)
  }

  @Test("keeps the descriptor that it checked when the writer changes it afterwards")
  func changedDescriptor() throws {
    let test = try TestRing(mapping: .single)
    var producer = try ProducerUnderTest(.exclusive, test)
    let packet = TestPacket(1, ringByteCount: 64)
    try producer.put(packet)
    var consumer = try Self.consumer(test)
    do {
      guard let incoming = try consumer.next() else {
        Issue.record("no packet")
        return
      }
      test.put(.max, at: 0)
      test.put(.max, at: 8)
      let descriptor = incoming.descriptor
      #expect(descriptor == packet.descriptor)
    }
    _ = consumer.release()
    #expect(test[.readIndex] == 64)
  }
}
