import SharedMemory
import TestSupport
import VMBusRing
import WireFormats

/// The ways to own the writing end, for tests of what all of them promise.
enum ProducerKind: String, Sendable, CaseIterable {
  case exclusive, ordered
}

/// What a test of all producers and mappings runs on.
struct RingVariant: Sendable, CustomStringConvertible {
  let kind: ProducerKind
  let mapping: RingMapping

  static let all = ProducerKind.allCases.flatMap { kind in
    RingMapping.allCases.map { RingVariant(kind: kind, mapping: $0) }
  }

  var description: String { "\(kind) producer, \(mapping) mapping" }
}

/// A producer of either kind behind one type, so that one test body serves all.
struct ProducerUnderTest: RingProducer, ~Copyable {
  let memory: MappedRing
  private var exclusive: ExclusiveProducer<MappedRing>?
  private var ordered: OrderedProducer<MappedRing>?

  /// The only writer of a ring, as it stands.
  init(_ kind: ProducerKind, _ test: TestRing) throws(RingError) {
    switch kind {
    case .exclusive: self.init(try ExclusiveProducer(test.ring, keeper: test.view))
    case .ordered: self.init(sharing: try OrderedRing(test.ring, keeper: test.view))
    }
  }

  /// One writer of several.
  init(sharing ring: OrderedRing<MappedRing>) {
    let producer = OrderedProducer(ring)
    memory = producer.memory
    ordered = consume producer
  }

  private init(_ producer: consuming ExclusiveProducer<MappedRing>) {
    memory = producer.memory
    exclusive = consume producer
  }

  mutating func reserve(_ byteCount: UInt32) throws(RingError) -> RingReservation {
    if exclusive != nil { return try exclusive!.reserve(byteCount) }
    return try ordered!.reserve(byteCount)
  }

  mutating func reserve(upTo count: Int, of packetByteCount: UInt32) throws(RingError) -> RingReservation {
    if exclusive != nil { return try exclusive!.reserve(upTo: count, of: packetByteCount) }
    return try ordered!.reserve(upTo: count, of: packetByteCount)
  }

  mutating func commit(_ reservation: consuming RingReservation) -> Publication {
    if exclusive != nil { return exclusive!.commit(reservation) }
    return ordered!.commit(reservation)
  }

  /// Gives a reservation back and returns nil, or the reservation where this kind cannot.
  mutating func abort(_ reservation: consuming RingReservation) -> RingReservation? {
    guard exclusive != nil else { return reservation }
    exclusive!.abort(reservation)
    return nil
  }

  /// Asks the reader for a doorbell when there is room. Returns nil where this kind cannot ask.
  mutating func arm(needing byteCount: UInt32) throws(RingError) -> Bool? { try exclusive?.arm(needing: byteCount) }

  mutating func disarm() { exclusive?.disarm() }
}
