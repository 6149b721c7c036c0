import VMBusRing

/// A producer that may be able to ask its reader for a signal when there is room.
protocol RoomAsking: RingProducer, ~Copyable {
  /// Whether it can.
  static var canAsk: Bool { get }
  /// Whether there are others. Such a writer knows nothing between two messages, and claims its places.
  static var canBeShared: Bool { get }
  /// Asks for room.
  mutating func ask(for byteCount: UInt32) throws(RingError) -> RoomAnswer
  /// Asks no longer.
  func disarm()
}

extension ExclusiveProducer: RoomAsking {
  static var canAsk: Bool { true }
  static var canBeShared: Bool { false }
  mutating func ask(for byteCount: UInt32) throws(RingError) -> RoomAnswer {
    try arm(needing: byteCount) ? .room : .armed
  }
}

extension OrderedProducer: RoomAsking {
  static var canAsk: Bool { false }
  static var canBeShared: Bool { true }
  mutating func ask(for byteCount: UInt32) throws(RingError) -> RoomAnswer {
    preconditionFailure("an ordered ring is asked again and again")
  }
  func disarm() {}
}

extension CooperativeProducer: RoomAsking {
  static var canAsk: Bool { true }
  static var canBeShared: Bool { true }
  mutating func ask(for byteCount: UInt32) throws(RingError) -> RoomAnswer { try arm(needing: byteCount) }
}
