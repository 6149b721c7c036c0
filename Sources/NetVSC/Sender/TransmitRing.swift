internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// How the writing end of a queue's ring is owned.
public enum RingMode: String, Sendable, CaseIterable {
  /// One sender, and no compare-and-swap.
  case exclusive
  /// Several senders; each waits its turn to publish.
  case ordered
  /// Several senders; who finishes out of turn leaves a mark for whoever has the turn: none waits for another.
  case cooperative
}

/// The writing end of a queue's ring, in the form that its owner chose. The choice is looked at once a burst, and each
/// form's code is its own.
struct TransmitRing: ~Copyable, Sendable {
  // Exactly one of them is there. (An enum would say so, but its payload cannot be changed in place.)
  private var exclusive: ExclusiveProducer<MappedRing>?
  private var ordered: OrderedProducer<MappedRing>?
  private var cooperative: CooperativeProducer<MappedRing>?
  /// What the writers share, where there are several.
  private let orderedRing: OrderedRing<MappedRing>?
  private let cooperativeRing: CooperativeRing<MappedRing>?
  /// The size of the part that packets lie in.
  private let dataByteCount: UInt32
  /// Whether the host was asked to ring for room.
  private var isArmed = false

  private static let hasForm = "a ring is owned in one form"

  /// Takes over a ring as it stands, for as many writers as `writerLimit` where it is shared. Such a ring is closed when
  /// its channel is taken away, so that no writer waits.
  init(_ view: RingView, mode: RingMode, of channel: Channel, writerLimit: Int) throws(RingError) {
    switch mode {
    case .exclusive: self.init(try ExclusiveProducer(view.ring, keeper: view))
    case .ordered:
      let ring = try OrderedRing(view.ring, keeper: view)
      channel.whenRescinded { ring.close() }
      self.init(ring)
    case .cooperative:
      let ring = try CooperativeRing(view.ring, writerLimit: writerLimit, keeper: view)
      channel.whenRescinded { ring.close() }
      try self.init(ring)
    }
  }

  private init(_ producer: consuming ExclusiveProducer<MappedRing>) {
    (orderedRing, cooperativeRing) = (nil, nil)
    dataByteCount = producer.memory.dataByteCount
    exclusive = consume producer
  }

  private init(_ ring: OrderedRing<MappedRing>) {
    (orderedRing, cooperativeRing) = (ring, nil)
    let producer = OrderedProducer(ring)
    dataByteCount = producer.memory.dataByteCount
    ordered = consume producer
  }

  private init(_ ring: CooperativeRing<MappedRing>) throws(RingError) {
    (orderedRing, cooperativeRing) = (nil, ring)
    let producer = try CooperativeProducer(ring)
    dataByteCount = producer.memory.dataByteCount
    cooperative = consume producer
  }

  /// One more writer of a ring that is shared.
  func anotherWriter() throws(RingError) -> TransmitRing {
    if let orderedRing { return TransmitRing(orderedRing) }
    if let cooperativeRing { return try TransmitRing(cooperativeRing) }
    preconditionFailure("an exclusive ring has one writer")
  }

  /// The size of the ring in bytes, its control page included.
  var byteCount: Int {
    DeviceAddressSpace.pageByteCount + Int(dataByteCount)
  }

  /// The room for packets, in bytes: as it is, or as far as is known without looking at what the host changes.
  mutating func freeByteCount(isLooking: Bool) throws(RingError) -> UInt32 {
    if !isLooking, let known = exclusive?.knownFreeByteCount { return known }
    if let free = try exclusive?.freeByteCount() { return free }
    if let free = try ordered?.freeByteCount() { return free }
    if let free = try cooperative?.freeByteCount() { return free }
    preconditionFailure(Self.hasForm)
  }

  /// Asks the host to ring once there is so much room, unless there is already, or another writer of the ring has asked.
  /// Returns whether there is.
  ///
  /// Writers of an ordered ring cannot ask: completions wake them, or the end of their wait.
  mutating func arm(needing byteCount: UInt32) throws(RingError) -> Bool {
    if let hasRoom = try exclusive?.arm(needing: byteCount) {
      isArmed = !hasRoom
      return hasRoom
    }
    if let answer = try cooperative?.arm(needing: byteCount) {
      isArmed = answer == .armed
      return answer == .room
    }
    return try freeByteCount(isLooking: true) > byteCount
  }

  /// Asks no longer.
  mutating func disarm() {
    guard isArmed else { return }
    isArmed = false
    exclusive?.disarm()
    cooperative?.disarm()
  }

  /// Publishes as many of the burst's messages as the ring has room for.
  mutating func publish(_ burst: inout OpenBurst, stamping table: inout InFlightTable, at time: UInt64)
    throws(RingError) -> PublishedBurst
  {
    if let published = try exclusive?.publish(&burst, stamping: &table, at: time) { return published }
    if let published = try ordered?.publish(&burst, stamping: &table, at: time) { return published }
    if let published = try cooperative?.publish(&burst, stamping: &table, at: time) { return published }
    preconditionFailure(Self.hasForm)
  }

  /// Writes one packet from bytes: for the messages of the control path.
  mutating func write(
    _ type: VMBusPacketType, header: RawSpan? = nil, payload: RawSpan, transactionID: UInt64,
    completionRequested: Bool
  ) throws(RingError) -> Publication {
    if let publication = try exclusive?.write(
      type, header: header, payload: payload, transactionID: transactionID, completionRequested: completionRequested)
    {
      return publication
    }
    if let publication = try ordered?.write(
      type, header: header, payload: payload, transactionID: transactionID, completionRequested: completionRequested)
    {
      return publication
    }
    if let publication = try cooperative?.write(
      type, header: header, payload: payload, transactionID: transactionID, completionRequested: completionRequested)
    {
      return publication
    }
    preconditionFailure(Self.hasForm)
  }

  /// Gives a receive packet back to the host, which can reuse its buffers then.
  mutating func acknowledge(_ acknowledgement: Acknowledgement) throws(RingError) -> Publication {
    if let publication = try exclusive?.acknowledge(acknowledgement) { return publication }
    if let publication = try ordered?.acknowledge(acknowledgement) { return publication }
    if let publication = try cooperative?.acknowledge(acknowledgement) { return publication }
    preconditionFailure(Self.hasForm)
  }
}

extension RingProducer where Self: ~Copyable {
  /// Publishes as many of the burst's messages as the ring has room for.
  @inline(__always)
  fileprivate mutating func publish(_ burst: inout OpenBurst, stamping table: inout InFlightTable, at time: UInt64)
    throws(RingError) -> PublishedBurst
  {
    try burst.publish(through: &self, stamping: &table, at: time)
  }

  /// Writes an acknowledgement. Eight bytes of NVSP suffice.
  fileprivate mutating func acknowledge(_ acknowledgement: Acknowledgement) throws(RingError) -> Publication {
    let descriptor = PacketDescriptor(
      type: .completion, payloadOffset: PacketDescriptor.encodedSize, byteCount: PacketDescriptor.encodedSize + 8,
      completionRequested: false, transactionID: acknowledgement.transactionID)
    var reservation = try reserve(descriptor.ringByteCount)
    let message = RNDISPacketComplete(status: acknowledgement.status).word
    frame([descriptor.firstWord, descriptor.transactionID, message], in: &reservation)
    return commit(reservation)
  }
}
