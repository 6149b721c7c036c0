internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What one turn of a delivery works with.
struct DeliveryTurn: ~Copyable, Sendable {
  /// A frame in its sub-allocation. (Not private: the compiler cannot end a `PrivateList` of a private type from another
  /// file.)
  struct Arrival: BitwiseCopyable {
    let subAllocation: UInt32
    let frameByteCount: UInt32
    let channel: Int
  }

  /// The most frames of a turn, and of a packet: what the oldest guests take.
  static let frameLimit = 64
  /// Where a frame begins in its sub-allocation, as common hosts have it.
  private static let frameOffset = 256
  /// Longer than any frame that the source may have while nobody listens.
  private static let scratchByteCount = 65536

  private(set) var counts = DeliveryStatistics()
  private var loss: LossDice?
  private var room = PrivateList<UInt32>(capacity: frameLimit)
  private var arrivals = PrivateList<Arrival>(capacity: frameLimit)
  /// The sub-allocations of the packet at hand, and its header and ranges.
  private var members = PrivateList<UInt32>(capacity: frameLimit)
  private var ranges = PrivateBytes(byteCount: TransferPageHeader.byteCount + TransferRange.encodedSize * frameLimit)
  /// Where frames go that nobody hears.
  private var scratch = PrivateBytes(byteCount: scratchByteCount)

  init(loss: FrameLoss?) { self.loss = loss.map(LossDice.init) }

  /// Takes frames of the source, and has `send` tell the guest.
  mutating func run(
    _ source: any FrameSource, _ link: GuestLink, _ send: DeliverPacket
  ) throws(SourceError) -> FrameDelivery.Turn {
    guard let terms = link.terms, !terms.filter.isEmpty else { return try discard(source) }
    room.removeAll()
    arrivals.removeAll()
    link.takeRoom(Self.frameLimit, of: terms.generation, into: &room)
    guard room.count > 0 else { return .waiting }
    var isIdle = false
    var failure: SourceError?
    do throws(SourceError) {
      while !isIdle, room.count > 0 { isIdle = try !take(from: source, terms) }
    } catch {
      failure = error
    }
    while room.count > 0 { link.giveBack(room.removeLast(), of: terms.generation) }
    tell(terms, link, send)
    if let failure { throw failure }
    return isIdle ? .idle(hasDelivered: arrivals.count > 0) : .delivered
  }

  /// Nobody listens: what comes is not kept for whoever may.
  private mutating func discard(_ source: any FrameSource) throws(SourceError) -> FrameDelivery.Turn {
    for _ in 0..<Self.frameLimit {
      var out = scratch.mutableSpan(scratch.byteCount)
      guard let byteCount = try source.receive(into: &out) else { return .idle(hasDelivered: false) }
      offer(byteCount)
      counts.unheardPackets += 1
    }
    return .delivered
  }

  private mutating func offer(_ byteCount: Int) {
    counts.offeredPackets += 1
    counts.offeredBytes += UInt64(byteCount)
  }

  /// Takes one frame into a sub-allocation. Returns false where the source has none.
  private mutating func take(from source: any FrameSource, _ terms: ListeningTerms) throws(SourceError) -> Bool {
    guard let index = room.last else { return false }
    let start = Int(index) * Int(terms.subAllocationByteCount) + Self.frameOffset
    let limit = min(terms.frameByteCount, Int(terms.subAllocationByteCount) - Self.frameOffset)
    var out = terms.buffer.mutableSpan(start..<start + limit)
    guard let byteCount = try source.receive(into: &out) else { return false }
    offer(byteCount)
    // The guest can change the bytes from here on; whatever it makes of them, it gets them.
    guard byteCount >= 14, byteCount <= limit else {
      counts.misfitPackets += 1
      return true
    }
    let frame = terms.buffer.span(start..<start + byteCount)
    guard let destination = try? EthernetAddress(parsing: frame), terms.listens(to: destination) else {
      counts.filteredPackets += 1
      return true
    }
    guard loss?.strikes() != true else {
      counts.lostPackets += 1
      return true
    }
    describe(frameByteCount: byteCount, in: index, terms)
    arrivals.append(
      Arrival(
        subAllocation: index, frameByteCount: UInt32(byteCount), channel: terms.scaling?.channel(for: frame) ?? 0))
    _ = room.removeLast()
    return true
  }

  /// Writes what is in front of a frame: as common hosts do, a message of the whole sub-allocation, and info on checksums
  /// always.
  private func describe(frameByteCount: Int, in index: UInt32, _ terms: ListeningTerms) {
    let message = Int(index) * Int(terms.subAllocationByteCount)
    var out = terms.buffer.mutableSpan(message..<message + Self.frameOffset)
    RNDISPacketHeader(
      frameByteCount: UInt32(frameByteCount), frameOffset: UInt32(Self.frameOffset),
      perPacketInfoByteCount: PerPacketInfo.encodedSize, messageByteCount: terms.subAllocationByteCount
    ).emit(into: &out)
    // The host did not look at them.
    PerPacketInfo(type: .checksum, value: 0).emit(into: &out, at: Int(RNDISPacketHeader.encodedSize))
  }

  /// Tells each channel of its frames, in one packet.
  private mutating func tell(_ terms: ListeningTerms, _ link: GuestLink, _ send: DeliverPacket) {
    var (told, channel) = (0, 0)
    while told < arrivals.count {
      var byteCount: UInt64 = 0
      members.removeAll()
      for position in 0..<arrivals.count where arrivals[position].channel == channel {
        let arrival = arrivals[position]
        store(
          TransferRange(
            byteCount: terms.subAllocationByteCount, byteOffset: arrival.subAllocation * terms.subAllocationByteCount
          ).word, at: members.count + 1)
        members.append(arrival.subAllocation)
        byteCount += UInt64(arrival.frameByteCount)
      }
      if members.count > 0 { tell(channel, byteCount: byteCount, terms, link, send) }
      told += members.count
      channel += 1
    }
  }

  private mutating func tell(
    _ channel: Int, byteCount: UInt64, _ terms: ListeningTerms, _ link: GuestLink, _ send: DeliverPacket
  ) {
    // Before it is sent: the guest may be quick.
    link.note(members.span(0..<members.count), sentOn: channel, of: terms.generation)
    store(TransferPageHeader(pageSetID: NVSPBufferID.receiveBuffer, rangeCount: UInt32(members.count)).word, at: 0)
    if send(channel, ranges.span(8 * (members.count + 1)), UInt64(members[0])) {
      counts.messages += 1
      counts.deliveredPackets += UInt64(members.count)
      counts.deliveredBytes += byteCount
    } else {
      counts.roomlessPackets += UInt64(members.count)
      link.takeBack(UInt64(members[0]), sentOn: channel, of: terms.generation)
    }
  }

  /// Header and ranges are a word each.
  private mutating func store(_ word: UInt64, at index: Int) {
    var out = ranges.mutableSpan(ranges.byteCount)
    out.storeLittleEndian(word, at: 8 * index)
  }
}

/// Puts a transfer-page packet into a channel's ring: what is between its descriptor and its message, and its id. Returns
/// false where there is no room, or no channel.
typealias DeliverPacket = (_ channel: Int, _ ranges: RawSpan, _ transactionID: UInt64) -> Bool
