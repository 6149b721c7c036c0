internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The ring from host to guest: completions, and what else the host has to say.
struct ReturnRing: ~Copyable, Sendable {
  /// The 28 bytes of a message before version 6.1, in whole words.
  private static var legacyMessageByteCount: UInt32 { 32 }
  /// The ring bytes of the longest completion. Answers to set-up messages are no longer.
  private static var completionByteCountLimit: UInt32 { PacketDescriptor.encodedSize + 40 + PacketTrailer.byteCount }
  /// A ring is never filled: so many bytes stay free.
  private static var alwaysFreeByteCount: UInt32 { 8 }

  /// Room that frames for the guest leave free, as common hosts do: they never keep completions from it.
  private static var completionsByteCount: UInt32 { 2048 }

  private var producer: ExclusiveProducer<MappedRing>
  /// The message of every packet with frames.
  private let frameMessage = PrivateBytes(framing: SendRNDISPacket(channelType: .data), byteCount: 40)
  /// The room when we last looked, less what we wrote since: never more than there is.
  private var knownRoom: UInt32 = 0
  private var isArmed = false
  /// The bytes of an NVSP message in the ring, by the version agreed on.
  private(set) var messageByteCount = Self.legacyMessageByteCount
  /// Whether the guest must be woken for what was published.
  private var mustRing = false

  init(_ view: RingView) throws(RingError) {
    producer = try ExclusiveProducer(view.ring, keeper: view)
    // The bit promises that we say how much room we wait for; we wait for none yet.
    view.ring.featureBits.storeRelaxed(1)
    producer.disarm()
  }

  /// Messages have the size of this version from now on.
  mutating func agree(on version: NVSPVersion) {
    messageByteCount = UInt32((version.messageByteCount + 7) / 8 * 8)
  }

  /// How many completions fit, at most a batch. When none does, the guest is asked to ring once it has made room.
  mutating func roomForCompletions() throws(Violation) -> Int {
    let batchByteCount = UInt32(CompletionBatch.capacity) * Self.completionByteCountLimit
    if knownRoom <= batchByteCount { try look() }
    guard try secureRoom(Self.completionByteCountLimit) else { return 0 }
    return min(
      CompletionBatch.capacity, Int((knownRoom - Self.alwaysFreeByteCount) / Self.completionByteCountLimit))
  }

  /// Whether so many bytes of packets fit. If not, the guest is asked to ring once it has made room.
  mutating func secureRoom(_ byteCount: UInt32) throws(Violation) -> Bool {
    if knownRoom <= byteCount { try look() }
    if knownRoom <= byteCount {
      isArmed = true
      // Asking for a good part of the ring keeps the two sides from waking each other for every packet.
      let wanted = max(byteCount, producer.memory.dataByteCount / 4)
      guard try withProducer({ (ring) throws(RingError) in try ring.arm(needing: wanted) }) else { return false }
      try look()
    }
    if isArmed {
      producer.disarm()
      isArmed = false
    }
    return true
  }

  private mutating func look() throws(Violation) {
    knownRoom = try withProducer { (ring) throws(RingError) in try ring.freeByteCount() }
  }

  /// Publishes a batch, for which there is room.
  mutating func publish(_ batch: borrowing CompletionBatch) throws(Violation) {
    let byteCount = PacketDescriptor.encodedSize + messageByteCount
    let total = UInt32(batch.count) * (byteCount + PacketTrailer.byteCount)
    var reservation = try withProducer { (ring) throws(RingError) in try ring.reserve(total) }
    for index in 0..<batch.count {
      let completion = batch[index]
      let descriptor = PacketDescriptor(
        type: .completion, payloadOffset: PacketDescriptor.encodedSize, byteCount: byteCount,
        completionRequested: false, transactionID: completion.transactionID)
      // The message and what pads it, for versions from 6.1 on and before.
      if messageByteCount == 40 {
        producer.frame(
          [descriptor.firstWord, descriptor.transactionID, completion.word, 0, 0, 0, 0], in: &reservation)
      } else {
        producer.frame([descriptor.firstWord, descriptor.transactionID, completion.word, 0, 0, 0], in: &reservation)
      }
    }
    knownRoom -= min(knownRoom, total)
    note(producer.commit(reservation))
  }

  /// Writes one packet, for which there is room.
  mutating func write(
    _ type: VMBusPacketType, header: RawSpan? = nil, payload: RawSpan, transactionID: UInt64,
    completionRequested: Bool = false
  ) throws(Violation) {
    do throws(RingError) {
      note(
        try producer.write(
          type, header: header, payload: payload, transactionID: transactionID,
          completionRequested: completionRequested))
    } catch {
      throw .ring(error)
    }
    // To be looked up again.
    knownRoom = 0
  }

  /// Writes a packet with frames, which lie in the receive buffer. Returns false where it would take the room that the
  /// completions of the guest's own frames need.
  mutating func tell(_ packet: borrowing FramePacket) throws(Violation) -> Bool {
    // Completions wait for room: it is theirs.
    guard !isArmed else { return false }
    let byteCount =
      PacketDescriptor.encodedSize + UInt32(packet.ranges.byteCount) + messageByteCount + PacketTrailer.byteCount
    let needed = byteCount + Self.completionsByteCount
    if knownRoom <= needed { try look() }
    guard knownRoom > needed else { return false }
    let publication = try Self.tell(packet, frameMessage, Int(messageByteCount), through: &producer)
    note(publication)
    knownRoom -= byteCount
    return true
  }

  private static func tell(
    _ packet: borrowing FramePacket, _ message: borrowing PrivateBytes, _ byteCount: Int,
    through ring: inout ExclusiveProducer<MappedRing>
  ) throws(Violation) -> Publication {
    do throws(RingError) {
      return try ring.write(
        .dataUsingTransferPages, header: packet.ranges, payload: message.span(byteCount),
        transactionID: packet.transactionID, completionRequested: true)
    } catch {
      throw .ring(error)
    }
  }

  private mutating func withProducer<Result: ~Copyable>(
    _ body: (inout ExclusiveProducer<MappedRing>) throws(RingError) -> Result
  ) throws(Violation) -> Result {
    do throws(RingError) {
      return try body(&producer)
    } catch {
      throw .ring(error)
    }
  }

  private mutating func note(_ publication: Publication) {
    if publication == .signal { mustRing = true }
  }

  /// Whether the guest must be woken for what was published since this was last asked.
  mutating func takeSignal() -> Bool {
    defer { mustRing = false }
    return mustRing
  }
}

extension PrivateBytes {
  /// A message, and zeros behind it.
  fileprivate init(framing message: SendRNDISPacket, byteCount: Int) {
    self.init(byteCount: byteCount)
    var out = mutableSpan(byteCount)
    message.emit(into: &out)
  }
}
