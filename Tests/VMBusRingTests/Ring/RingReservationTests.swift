import SharedMemory
import TestSupport
import Testing
import VMBusRing

@Suite("A reservation")
struct RingReservationTests {
  /// A producer of the kind that an exit test was given by name: the body of such a test runs in another process.
  private static func producer(_ kind: String) throws -> ProducerUnderTest {
    try ProducerUnderTest(ProducerKind(rawValue: kind)!, TestRing(mapping: .single))
  }

  @Test("traps when it is dropped", arguments: ProducerKind.allCases)
  func dropped(kind: ProducerKind) async {
    await #expect(processExitsWith: .trap) { [kind = kind.rawValue as String] in
      var producer = try Self.producer(kind)
      _ = try producer.reserve(64)
    }
  }

  @Test("traps when it is committed with room that nobody framed", arguments: ProducerKind.allCases)
  func underframed(kind: ProducerKind) async {
    await #expect(processExitsWith: .trap) { [kind = kind.rawValue as String] in
      var producer = try Self.producer(kind)
      var reservation = try producer.reserve(128)
      producer.frame(TestPacket(1, ringByteCount: 64), in: &reservation)
      _ = producer.commit(reservation)
    }
  }

  @Test("traps on a packet larger than what is left of it", arguments: ProducerKind.allCases)
  func overframed(kind: ProducerKind) async {
    await #expect(processExitsWith: .trap) { [kind = kind.rawValue as String] in
      var producer = try Self.producer(kind)
      var reservation = try producer.reserve(128)
      producer.frame(TestPacket(1, ringByteCount: 64), in: &reservation)
      producer.frame(TestPacket(2, ringByteCount: 72), in: &reservation)
      _ = producer.commit(reservation)
    }
  }

  @Test("says how much room it is", arguments: RingVariant.all)
  func byteCount(variant: RingVariant) throws {
    let test = try TestRing(mapping: variant.mapping)
    var producer = try ProducerUnderTest(variant.kind, test)
    var reservation = try producer.reserve(upTo: 3, of: 64)
    let byteCount = reservation.byteCount
    #expect(byteCount == 192)
    for id in 1...3 as ClosedRange<UInt64> { producer.frame(TestPacket(id, ringByteCount: 64), in: &reservation) }
    let framed = reservation.byteCount
    #expect(framed == 192)
    _ = producer.commit(reservation)
  }
}
