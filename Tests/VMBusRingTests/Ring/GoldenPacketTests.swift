import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("A golden packet")
struct GoldenPacketTests {
  /// The data area of `test` as it must be once nothing but `packets` were written to it.
  private static func dataArea(of packets: [GoldenPacket]) -> [UInt8] {
    var data = [UInt8](repeating: TestRing.poison, count: 4096)
    for packet in packets {
      for (index, byte) in packet.vector.bytes.enumerated() { data[(Int(packet.start) + index) % 4096] = byte }
    }
    return data
  }

  private static func write(_ packet: GoldenPacket, to producer: inout ProducerUnderTest) throws -> Publication {
    let (header, payload) = (packet.header, packet.payload)
    return try producer.write(
      packet.type, header: header.isEmpty ? nil : header.span.bytes, payload: payload.span.bytes,
      transactionID: packet.transactionID, completionRequested: packet.completionRequested)
  }

  @Test(
    "written as bytes is in the ring byte for byte, and nothing else is", arguments: GoldenPacket.all, RingVariant.all)
  func writtenAsBytes(packet: GoldenPacket, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: packet.start, read: packet.start)
    var producer = try ProducerUnderTest(variant.kind, test)
    _ = try Self.write(packet, to: &producer)
    #expect(test.data == Self.dataArea(of: [packet]), "\(test)")
    #expect(test[.writeIndex] == packet.end)
    #expect(test[.readIndex] == packet.start)
  }

  @Test("stored word by word is in the ring byte for byte", arguments: GoldenPacket.all, RingVariant.all)
  func writtenAsWords(packet: GoldenPacket, variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping, write: packet.start, read: packet.start)
    var producer = try ProducerUnderTest(variant.kind, test)
    let descriptor = PacketDescriptor(
      type: packet.type, payloadOffset: packet.payloadOffset, byteCount: UInt32(packet.vector.bytes.count - 8),
      completionRequested: packet.completionRequested, transactionID: packet.transactionID)
    var reservation = try producer.reserve(descriptor.ringByteCount)
    let slot = producer.slot(in: &reservation, for: descriptor)
    for (offset, word) in packet.words { slot.store(word, at: offset) }
    #expect(test[.writeIndex] == packet.start, "nothing is visible before the commit")
    _ = producer.commit(reservation)
    #expect(test.data == Self.dataArea(of: [packet]), "\(test)")
    #expect(test[.writeIndex] == packet.end)
  }

  @Test("follows another one where drivers put it", arguments: RingVariant.all)
  func sequence(variant: RingVariant) throws {
    let packets: [GoldenPacket] = [.section, .twoRanges, .mixed, .pageCrossing]
    let test = try TestRing(mapping: variant.mapping, write: 0x40, read: 0x40)
    var producer = try ProducerUnderTest(variant.kind, test)
    for packet in packets {
      #expect(test[.writeIndex] == packet.start)
      _ = try Self.write(packet, to: &producer)
    }
    #expect(test[.writeIndex] == 0x1B0)
    #expect(test.data == Self.dataArea(of: packets), "\(test)")
  }

  @Test("in a ring is read as what it says", arguments: GoldenPacket.all, RingMapping.allCases)
  func read(packet: GoldenPacket, mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping, write: packet.end, read: packet.start)
    test.put(packet.vector.bytes, at: Int(packet.start))
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    do {
      guard let incoming = try consumer.next() else {
        Issue.record("the packet is not seen: \(test)")
        return
      }
      let descriptor = incoming.descriptor
      #expect(descriptor.type == packet.type)
      #expect(descriptor.transactionID == packet.transactionID)
      #expect(descriptor.completionRequested == packet.completionRequested)
      #expect(descriptor.payloadOffset == packet.payloadOffset)
      #expect(Int(descriptor.byteCount) == packet.vector.bytes.count - 8)
      let payloadByteCount = incoming.payloadByteCount
      #expect(Int(payloadByteCount) == (packet.payloadByteCount + 7) / 8 * 8)

      let words = packet.words.map { incoming.word(at: $0.offset) }
      #expect(words == packet.words.map(\.word))
      let bytes = (0..<descriptor.byteCount).map { incoming.byte(at: $0) }
      #expect(bytes == packet.vector.bytes.dropLast(8))
    }
    #expect(test[.readIndex] == packet.start, "reading takes nothing")
    _ = consumer.release()
    #expect(test[.readIndex] == packet.end)
  }
}
