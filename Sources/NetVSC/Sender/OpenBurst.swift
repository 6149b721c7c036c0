internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What one publication made visible.
struct PublishedBurst {
  var publication = Publication.quiet
  var messageCount = 0
  var packets = PacketCount()
}

/// Messages whose frames lie in their sections, waiting to be published together: with one index store, and one look at
/// whether the host needs a doorbell.
struct OpenBurst: ~Copyable {
  /// One of them. (Not private: the compiler cannot end a `PrivateList` of a private type from another file.)
  struct Message: BitwiseCopyable {
    let transactionID: UInt64
    let section: UInt32
    let byteCount: UInt32
  }

  /// Descriptor and the NVSP message; the trailer comes on top. Forty bytes of NVSP are right for every version.
  private static let packetByteCount: UInt32 = 16 + 40

  private let capacity: Int
  /// Those from `first` on wait.
  private var messages: PrivateList<Message>
  private var first = 0

  init(capacity: Int) {
    self.capacity = capacity
    messages = PrivateList(capacity: capacity)
  }

  /// How many messages wait.
  @inline(__always)
  var count: Int { messages.count - first }

  /// How many more can be added. Publishing makes room, once all that waits is published.
  @inline(__always)
  var freeCount: Int { capacity - messages.count }

  /// Adds a message whose RNDIS bytes are the first `byteCount` of `section`.
  @inline(__always)
  mutating func append(transactionID: UInt64, section: UInt32, byteCount: UInt32) {
    precondition(freeCount > 0, "a message is opened where the burst has room for it")
    messages.append(Message(transactionID: transactionID, section: section, byteCount: byteCount))
  }

  /// Takes out the message that was added first, of those that were not published; nil when there is none.
  mutating func removeFirst() -> UInt64? {
    guard count > 0 else { return nil }
    first += 1
    return messages[first - 1].transactionID
  }

  /// Frames as many messages as fit, in place, and publishes them. The burst must hold one.
  mutating func publish<Producer: RingProducer & ~Copyable>(
    through producer: inout Producer, stamping table: inout InFlightTable, at time: UInt64
  ) throws(RingError) -> PublishedBurst {
    let ringByteCount = Self.packetByteCount + PacketTrailer.byteCount
    var reservation = try producer.reserve(upTo: count, of: ringByteCount)
    var published = PublishedBurst()
    published.messageCount = Int(reservation.byteCount / ringByteCount)
    for index in first..<first + published.messageCount {
      let message = messages[index]
      let descriptor = PacketDescriptor(
        type: .dataInBand, payloadOffset: PacketDescriptor.encodedSize, byteCount: Self.packetByteCount,
        completionRequested: true, transactionID: message.transactionID)
      let packet = SendRNDISPacket(
        channelType: .data, sectionIndex: message.section, sectionByteCount: message.byteCount)
      producer.frame(
        [descriptor.firstWord, descriptor.transactionID, packet.firstWord, packet.secondWord, 0, 0, 0],
        in: &reservation)
      let (packetCount, byteCount) = table.stamp(message.transactionID, at: time)
      published.packets.add(packetCount, bytes: byteCount)
    }
    first += published.messageCount
    if count == 0 {
      messages.removeAll()
      first = 0
    }
    published.publication = producer.commit(reservation)
    return published
  }
}
