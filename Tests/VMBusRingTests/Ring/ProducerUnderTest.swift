import SharedMemory
import TestSupport
import VMBusRing
import WireFormats

/// The ways to own the writing end, for tests of what all of them promise.
enum ProducerKind: String, Sendable, CaseIterable {
  case exclusive, ordered, cooperative
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

/// The shared part of a ring with several writers, of either kind; nil for an exclusive one.
enum SharedRing: Sendable {
  case ordered(OrderedRing<MappedRing>)
  case cooperative(CooperativeRing<MappedRing>)

  init?(_ kind: ProducerKind, _ test: TestRing) throws(RingError) {
    switch kind {
    case .exclusive: return nil
    case .ordered: self = .ordered(try OrderedRing(test.ring, keeper: test.view))
    case .cooperative: self = .cooperative(try CooperativeRing(test.ring, keeper: test.view))
    }
  }

  func close() {
    switch self {
    case .ordered(let ring): ring.close()
    case .cooperative(let ring): ring.close()
    }
  }
}

/// A producer of any kind behind one type, so that one test body serves all.
struct ProducerUnderTest: RingProducer, ~Copyable {
  let memory: MappedRing
  private var exclusive: ExclusiveProducer<MappedRing>?
  private var ordered: OrderedProducer<MappedRing>?
  private var cooperative: CooperativeProducer<MappedRing>?

  /// The only writer of a ring, as it stands.
  init(_ kind: ProducerKind, _ test: TestRing) throws(RingError) {
    if let shared = try SharedRing(kind, test) {
      try self.init(sharing: shared)
    } else {
      self.init(try ExclusiveProducer(test.ring, keeper: test.view))
    }
  }

  private init(_ producer: consuming ExclusiveProducer<MappedRing>) {
    memory = producer.memory
    exclusive = consume producer
  }

  /// One writer of several.
  init(sharing ring: SharedRing) throws(RingError) {
    switch ring {
    case .ordered(let ring):
      let producer = OrderedProducer(ring)
      memory = producer.memory
      ordered = consume producer
    case .cooperative(let ring):
      let producer = try CooperativeProducer(ring)
      memory = producer.memory
      cooperative = consume producer
    }
  }

  mutating func reserve(needed: UInt32, _ fitting: (_ free: UInt32) -> UInt32) throws(RingError) -> RingReservation {
    if exclusive != nil { return try exclusive!.reserve(needed: needed, fitting) }
    if ordered != nil { return try ordered!.reserve(needed: needed, fitting) }
    return try cooperative!.reserve(needed: needed, fitting)
  }

  mutating func commit(_ reservation: consuming RingReservation) -> Publication {
    if exclusive != nil { return exclusive!.commit(reservation) }
    if ordered != nil { return ordered!.commit(reservation) }
    return cooperative!.commit(reservation)
  }

  /// Gives a reservation back and returns nil, or the reservation where this kind cannot.
  mutating func abort(_ reservation: consuming RingReservation) -> RingReservation? {
    guard exclusive != nil else { return reservation }
    exclusive!.abort(reservation)
    return nil
  }

  /// Asks the reader for a doorbell when there is room. Returns nil where this kind cannot ask, or somebody asked already.
  mutating func arm(needing byteCount: UInt32) throws(RingError) -> Bool? {
    if exclusive != nil { return try exclusive!.arm(needing: byteCount) }
    guard cooperative != nil else { return nil }
    return switch try cooperative!.arm(needing: byteCount) {
    case .room: true
    case .armed: false
    case .queued: nil
    }
  }

  mutating func disarm() {
    exclusive?.disarm()
    cooperative?.disarm()
  }
}
