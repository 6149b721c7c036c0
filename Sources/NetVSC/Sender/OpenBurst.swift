internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What one publication made visible.
struct PublishedBurst {
  var publication = Publication.quiet
  var messageCount = 0
  var packets = PacketCount()
}

/// Messages whose frames lie in sections and page ranges, waiting to be published together: with one index store, and one
/// look at whether the host needs a doorbell.
struct OpenBurst: ~Copyable {
  /// One of them. (Not private: the compiler cannot end a `PrivateList` of a private type from another file.)
  struct Message: BitwiseCopyable {
    let transactionID: UInt64
    let section: UInt32
    let byteCount: UInt32
    /// How many of the burst's ranges are its own, in its order.
    let rangeCount: UInt32
    /// What it takes in the ring, trailer included.
    let ringByteCount: UInt32
  }

  /// Descriptor and the NVSP message; the trailer comes on top. Forty bytes of NVSP are right for every version.
  private static let packetByteCount: UInt32 = 16 + 40
  private static let sectionRingByteCount = packetByteCount + PacketTrailer.byteCount
  /// The same with one range in one page, as most frames are lent: none that is larger has as little.
  private static let onePageRingByteCount = sectionRingByteCount + GPADirectHeader.byteCount + 16

  private let capacity: Int
  /// Those from `first` on wait.
  private var messages: PrivateList<Message>
  private var first = 0
  /// The ranges of messages that wait, from `firstRange` on, and behind them those of the message to be added next.
  private var ranges = PrivateList<DeviceRange>(capacity: 64)
  private var firstRange = 0
  private var nextRangeCount: UInt32 = 0
  private var nextRangesByteCount: UInt32 = 0
  /// What the waiting messages take in the ring, while they are published.
  private var ringByteCounts = PrivateList<UInt32>(capacity: 64)

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
    messages.append(
      Message(
        transactionID: transactionID, section: section, byteCount: byteCount, rangeCount: 0,
        ringByteCount: Self.sectionRingByteCount))
  }

  /// Adds a range to the message that is added next.
  @inline(__always)
  mutating func append(_ range: DeviceRange) {
    if nextRangeCount == 0 { nextRangesByteCount = GPADirectHeader.byteCount }
    ranges.append(range)
    nextRangeCount &+= 1
    nextRangesByteCount &+= UInt32(truncatingIfNeeded: range.pageRange.encodedSize)
  }

  /// Adds a message whose RNDIS bytes are the first `byteCount` of `section`, if any, and then the ranges that were added.
  @inline(__always)
  mutating func appendWithRanges(transactionID: UInt64, section: UInt32, byteCount: UInt32) {
    precondition(freeCount > 0, "a message is opened where the burst has room for it")
    messages.append(
      Message(
        transactionID: transactionID, section: section, byteCount: byteCount, rangeCount: nextRangeCount,
        ringByteCount: Self.sectionRingByteCount &+ nextRangesByteCount))
    (nextRangeCount, nextRangesByteCount) = (0, 0)
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
    var published = PublishedBurst()
    if ranges.count == 0 {
      var reservation = try producer.reserve(upTo: count, of: Self.sectionRingByteCount)
      published.messageCount = Int(reservation.byteCount / Self.sectionRingByteCount)
      for index in first..<first + published.messageCount {
        frameSection(messages[index], through: &producer, in: &reservation)
        let (packetCount, byteCount) = table.stamp(messages[index].transactionID, at: time)
        published.packets.add(packetCount, bytes: byteCount)
      }
      published.publication = producer.commit(reservation)
    } else {
      published = try publishWithRanges(through: &producer, stamping: &table, at: time)
    }
    first += published.messageCount
    if count == 0 {
      messages.removeAll()
      ranges.removeAll()
      (first, firstRange) = (0, 0)
    }
    return published
  }

  /// The same for messages of different sizes in the ring.
  private mutating func publishWithRanges<Producer: RingProducer & ~Copyable>(
    through producer: inout Producer, stamping table: inout InFlightTable, at time: UInt64
  ) throws(RingError) -> PublishedBurst {
    ringByteCounts.removeAll()
    for index in first..<messages.count { ringByteCounts.append(messages[index].ringByteCount) }
    var reservation = try producer.reserve(upTo: ringByteCounts.span(0..<ringByteCounts.count))
    var published = PublishedBurst()
    var framedByteCount: UInt32 = 0
    while framedByteCount < reservation.byteCount {
      let message = messages[first + published.messageCount]
      if message.rangeCount == 0 {
        frameSection(message, through: &producer, in: &reservation)
      } else {
        frameRanges(message, through: &producer, in: &reservation)
      }
      framedByteCount &+= message.ringByteCount
      published.messageCount &+= 1
      let (packetCount, byteCount) = table.stamp(message.transactionID, at: time)
      published.packets.add(packetCount, bytes: byteCount)
    }
    published.publication = producer.commit(reservation)
    return published
  }

  @inline(__always)
  private func frameSection<Producer: RingProducer & ~Copyable>(
    _ message: Message, through producer: inout Producer, in reservation: inout RingReservation
  ) {
    let descriptor = PacketDescriptor(
      type: .dataInBand, payloadOffset: PacketDescriptor.encodedSize, byteCount: Self.packetByteCount,
      completionRequested: true, transactionID: message.transactionID)
    let packet = SendRNDISPacket(
      channelType: .data, sectionIndex: message.section, sectionByteCount: message.byteCount)
    producer.frame(
      [descriptor.firstWord, descriptor.transactionID, packet.firstWord, packet.secondWord, 0, 0, 0],
      in: &reservation)
  }

  @inline(__always)
  private mutating func frameRanges<Producer: RingProducer & ~Copyable>(
    _ message: Message, through producer: inout Producer, in reservation: inout RingReservation
  ) {
    let byteCount = message.ringByteCount - PacketTrailer.byteCount
    let payloadOffset = byteCount - Self.packetByteCount + PacketDescriptor.encodedSize
    let descriptor = PacketDescriptor(
      type: .dataUsingGPADirect, payloadOffset: payloadOffset, byteCount: byteCount, completionRequested: true,
      transactionID: message.transactionID)
    let packet = SendRNDISPacket(
      channelType: .data, sectionIndex: message.section, sectionByteCount: message.byteCount)
    if message.ringByteCount == Self.onePageRingByteCount {
      let range = ranges[firstRange]
      firstRange &+= 1
      return producer.frame(
        [
          descriptor.firstWord, descriptor.transactionID, GPADirectHeader.word(rangeCount: 1),
          range.pageRange.firstWord,
          range.firstPage, packet.firstWord, packet.secondWord, 0, 0, 0,
        ], in: &reservation)
    }
    let slot = producer.slot(in: &reservation, for: descriptor)
    slot.store(GPADirectHeader.word(rangeCount: message.rangeCount), at: PacketDescriptor.encodedSize)
    var place = PacketDescriptor.encodedSize + GPADirectHeader.byteCount
    for _ in 0..<message.rangeCount {
      let range = ranges[firstRange]
      firstRange += 1
      slot.store(range.pageRange.firstWord, at: place)
      place += 8
      for page in range.firstPage..<range.firstPage + UInt64(range.pageRange.pageCount) {
        slot.store(page, at: place)
        place += 8
      }
    }
    slot.store(packet.firstWord, at: place)
    slot.store(packet.secondWord, at: place + 8)
    slot.store(0, at: place + 16)
    slot.store(0, at: place + 24)
    slot.store(0, at: place + 32)
  }
}
