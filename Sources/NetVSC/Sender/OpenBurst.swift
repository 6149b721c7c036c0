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
struct OpenBurst {
  private struct Message {
    let transactionID: UInt64
    let section: UInt32
    let byteCount: UInt32
  }

  /// Descriptor and the NVSP message; the trailer comes on top. Forty bytes of NVSP are right for every version.
  private static let packetByteCount: UInt32 = 16 + 40

  /// Room for the most messages there can be; those from `first` to `end` wait. It is never resized.
  private var messages: [Message]
  private var first = 0
  private var end = 0

  init(capacity: Int) {
    messages = Array(repeating: Message(transactionID: 0, section: 0, byteCount: 0), count: capacity)
  }

  /// How many messages wait.
  @inline(__always)
  var count: Int { end - first }

  /// Whether another message can be added. Publishing makes room, once all that waits is published.
  @inline(__always)
  var hasRoom: Bool { end < messages.count }

  /// Adds a message whose RNDIS bytes are the first `byteCount` of `section`.
  @inline(__always)
  mutating func append(transactionID: UInt64, section: UInt32, byteCount: Int) {
    messages[end] = Message(transactionID: transactionID, section: section, byteCount: UInt32(byteCount))
    end += 1
  }

  /// Takes out the message that was added first, of those that were not published; nil when there is none.
  mutating func removeFirst() -> UInt64? {
    guard first < end else { return nil }
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
    if first == end { (first, end) = (0, 0) }
    published.publication = producer.commit(reservation)
    return published
  }
}
