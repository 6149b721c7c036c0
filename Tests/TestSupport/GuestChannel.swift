package import SharedMemory
package import VMBusRing
package import WireFormats

/// A packet as a guest finds it, copied out of its ring.
package struct ReceivedPacket: Equatable, Sendable {
  package let type: VMBusPacketType
  package let transactionID: UInt64
  package let completionRequested: Bool
  /// The bytes of the whole packet, its trailer excluded.
  package let bytes: [UInt8]
  private let payloadOffset: Int

  init(_ packet: borrowing IncomingPacket<MappedRing>) {
    let descriptor = packet.descriptor
    type = descriptor.type
    transactionID = descriptor.transactionID
    completionRequested = descriptor.completionRequested
    payloadOffset = Int(descriptor.payloadOffset)
    bytes = (0..<descriptor.byteCount).map { packet.byte(at: $0) }
  }

  /// What is between descriptor and payload.
  package var header: [UInt8] { Array(bytes[16..<payloadOffset]) }
  package var payload: [UInt8] { Array(bytes[payloadOffset...]) }

  /// The payload as an NVSP message.
  package func message<Message: NVSPMessage>(_ type: Message.Type = Message.self) throws -> Message {
    try Message(parsing: payload.span.bytes)
  }

  /// The status of a completion.
  package var status: NVSPStatus? { (try? message(RNDISPacketComplete.self))?.status }
}

/// The guest's end of one channel, which does exactly what a test tells it: packets of any bytes, at any time.
package final class GuestChannel {
  package let offer: DeviceOffer
  package let channel: Channel
  /// The rings as they lie in memory, for writing what no ring code would.
  package let toHost: MappedRing
  package let fromHost: MappedRing
  private let views: [RingView]
  private let memory: DeviceMemory
  private var producer: ExclusiveProducer<MappedRing>
  private var consumer: RingConsumer<MappedRing>

  /// Opens a channel with rings of so many data bytes.
  package init(
    _ offer: DeviceOffer, _ index: Int = 0, toHostByteCount: Int = 1 << 16, fromHostByteCount: Int = 1 << 16
  ) throws {
    let page = DeviceAddressSpace.pageByteCount
    let addressSpace = offer.bus.addressSpace
    memory = try addressSpace.allocate(byteCount: toHostByteCount + fromHostByteCount + 2 * page)
    let split = 1 + toHostByteCount / page
    let middle = memory.pages.lowerBound + UInt64(split)
    let outgoing = try addressSpace.ring(in: memory.pages.lowerBound..<middle, mapping: offer.bus.ringMapping)
    let incoming = try addressSpace.ring(in: middle..<memory.pages.upperBound, mapping: offer.bus.ringMapping)
    self.offer = offer
    views = [outgoing, incoming]
    (toHost, fromHost) = (outgoing.ring, incoming.ring)
    // Says that this guest rings for a host that waits for room.
    toHost.featureBits.storeRelaxed(1)
    producer = try ExclusiveProducer(toHost, keeper: outgoing)
    consumer = try RingConsumer(fromHost, keeper: incoming)
    let gpadl = offer.bus.establishGPADL(memory.pages)
    channel = try offer.openChannel(index, ringGPADL: gpadl, downstreamPage: split)
  }

  /// Sends one packet and rings if the host wants to be told.
  package func send(
    _ type: VMBusPacketType = .dataInBand, header: [UInt8] = [], _ payload: [UInt8], id: UInt64,
    completionRequested: Bool = true
  ) throws(RingError) {
    let publication = try producer.write(
      type, header: header.isEmpty ? nil : header.span.bytes, payload: payload.span.bytes, transactionID: id,
      completionRequested: completionRequested)
    if publication == .signal { channel.toHost.ring() }
  }

  /// Sends an NVSP message in as many bytes as guests use.
  package func send(
    _ message: some NVSPMessage, byteCount: Int = 40, id: UInt64, completionRequested: Bool = true
  ) throws(RingError) {
    try send(
      .dataInBand, bytes(of: message, byteCount: byteCount), id: id, completionRequested: completionRequested)
  }

  /// Puts words into the ring where the next packet would start, and publishes them as they are.
  package func publish(words: [UInt64], byteCount: UInt32? = nil) {
    let start = toHost.writeIndex.loadRelaxed()
    for (index, word) in words.enumerated() { toHost.storeWord(word, at: start + UInt32(8 * index)) }
    toHost.writeIndex.storeReleasing((start + (byteCount ?? UInt32(8 * words.count))) % toHost.dataByteCount)
    channel.toHost.ring()
  }

  /// The next packet of the host, if there is one; its space is given back at once.
  package func receive() throws(RingError) -> ReceivedPacket? {
    guard let received = try read() else { return nil }
    freeRead()
    return received
  }

  /// The next packet, whose space stays taken until `freeRead`.
  package func read() throws(RingError) -> ReceivedPacket? { try Self.read(&consumer) }

  private static func read(_ consumer: inout RingConsumer<MappedRing>) throws(RingError) -> ReceivedPacket? {
    guard let packet = try consumer.next() else { return nil }
    return ReceivedPacket(packet)
  }

  /// Gives the space of what was read back, and rings if the host waits for it.
  package func freeRead() { if consumer.release() { channel.toHost.ring() } }

  /// Lets the host work, or waits for it, a moment.
  package func attend() { offer.host.attend(channel, timeout: 20_000_000) }

  /// The next packet of the host, waiting for it up to some seconds. nil when none comes.
  package func await() throws(RingError) -> ReceivedPacket? {
    for _ in 0..<(offer.host.runsInline ? 4 : 250) {
      if let packet = try receive() { return packet }
      if channel.isRescinded { return try receive() }
      attend()
    }
    return try receive()
  }

  /// Everything the host has said once it has read all that was sent, or taken the channel away.
  package func awaitAll() throws(RingError) -> [ReceivedPacket] {
    var packets: [ReceivedPacket] = []
    for _ in 0..<500 where !channel.isRescinded && toHost.readIndex.loadAcquiring() != toHost.writeIndex.loadRelaxed() {
      attend()
      while let packet = try receive() { packets.append(packet) }
    }
    attend()
    while let packet = try receive() { packets.append(packet) }
    return packets
  }

  /// Waits up to some seconds for the host to take the channel away. Returns why it did; nil when it does not.
  package func awaitRescind() -> String? {
    for _ in 0..<(offer.host.runsInline ? 4 : 250) where !channel.isRescinded { attend() }
    return channel.rescindReason
  }

  package func close() { offer.close(channel) }
}

/// The message in `byteCount` bytes.
package func bytes(of message: some NVSPMessage, byteCount: Int = 40) -> [UInt8] {
  poisoned(byteCount) { message.emit(into: &$0) }
}
