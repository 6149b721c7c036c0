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
  /// Two addresses and a type.
  private static let headerByteCount = 14
  /// Longer than any frame that the source may have while nobody listens.
  private static let scratchByteCount = 65536

  private(set) var counts = DeliveryStatistics()
  /// The guest that the arrivals are for.
  private var generation: UInt64 = 0
  /// Why the source has nothing more, until what it gave before is told.
  private var failure: SourceError?
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
    _ source: any FrameSource, _ link: GuestLink, _ send: TellChannel
  ) throws(SourceError) -> FrameDelivery.Turn {
    let terms = link.terms
    if arrivals.count > 0, terms?.generation != generation || terms?.filter.isEmpty != false { drop(link) }
    // A source that failed is not asked again.
    if arrivals.count == 0, let failure { throw failure }
    guard let terms, !terms.filter.isEmpty else { return try discard(source) }
    // What found no room last time goes first.
    guard tell(terms, link, send) else { return .blocked }
    if let failure { throw failure }
    generation = terms.generation
    room.removeAll()
    link.takeRoom(Self.frameLimit, of: generation, into: &room)
    guard room.count > 0 else { return .waiting }
    var isIdle = false
    do throws(SourceError) {
      while !isIdle, room.count > 0 { isIdle = try !take(from: source, terms) }
    } catch {
      failure = error
    }
    while room.count > 0 { link.giveBack(room.removeLast(), of: generation) }
    let hasDelivered = arrivals.count > 0
    guard tell(terms, link, send) else { return .blocked }
    if let failure { throw failure }
    return isIdle ? .idle(hasDelivered: hasDelivered) : .delivered
  }

  /// What waits for room is not for the guest any more.
  mutating func drop(_ link: GuestLink) {
    counts.roomlessPackets += UInt64(arrivals.count)
    while arrivals.count > 0 { link.giveBack(arrivals.removeLast().subAllocation, of: generation) }
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
    // A tag in the frame comes on top of what the guest takes. And a byte more: a source may cut what is longer, and tell
    // the length of what it gave.
    let limit = min(
      terms.frameByteCount + VLANTagInfo.tagByteCount, Int(terms.subAllocationByteCount) - Self.frameOffset - 1)
    var out = terms.buffer.mutableSpan(start..<start + limit + 1)
    guard let byteCount = try source.receive(into: &out) else { return false }
    offer(byteCount)
    // The guest can change the bytes from here on; whatever it makes of them, it gets them.
    guard byteCount >= Self.headerByteCount, byteCount <= limit,
      case let frame = terms.buffer.span(start..<start + byteCount),
      byteCount <= terms.frameByteCount || EtherType(rawValue: frame.loadBigEndian(at: 12)).isTag
    else {
      counts.misfitPackets += 1
      return true
    }
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

  /// Tells each channel of its frames, in one packet. Returns false where that has to wait for room.
  private mutating func tell(_ terms: ListeningTerms, _ link: GuestLink, _ send: TellChannel) -> Bool {
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
      if members.count > 0, !tell(channel, byteCount: byteCount, terms, link, send) { return false }
      told += members.count
      channel += 1
    }
    arrivals.removeAll()
    return true
  }

  private mutating func tell(
    _ channel: Int, byteCount: UInt64, _ terms: ListeningTerms, _ link: GuestLink, _ send: TellChannel
  ) -> Bool {
    // Before it is sent: the guest may be quick.
    link.note(members.span(0..<members.count), sentOn: channel, of: terms.generation)
    store(TransferPageHeader(pageSetID: NVSPBufferID.receiveBuffer, rangeCount: UInt32(members.count)).word, at: 0)
    let telling = put(on: channel, terms.generation, send)
    if telling == .told {
      counts.messages += 1
      counts.deliveredPackets += UInt64(members.count)
      counts.deliveredBytes += byteCount
      return true
    }
    // The only channel is waited for: what comes meanwhile stays with the source. One of several is not, so that a queue
    // which nobody reads does not hold up the others.
    if telling == .noRoom, terms.scaling == nil,
      link.reclaim(UInt64(members[0]), sentOn: channel, of: terms.generation)
    {
      return false
    }
    counts.roomlessPackets += UInt64(members.count)
    link.takeBack(UInt64(members[0]), sentOn: channel, of: terms.generation)
    return true
  }

  /// Puts the packet at hand into a channel's ring.
  private func put(on channel: Int, _ generation: UInt64, _ send: TellChannel) -> Telling {
    let packet = FramePacket(
      ranges: ranges.span(8 * (members.count + 1)), transactionID: UInt64(members[0]), generation: generation)
    return send(channel, packet)
  }

  /// Header and ranges are a word each.
  private mutating func store(_ word: UInt64, at index: Int) {
    var out = ranges.mutableSpan(ranges.byteCount)
    out.storeLittleEndian(word, at: 8 * index)
  }
}

/// A transfer-page packet that tells of frames.
struct FramePacket: ~Escapable {
  /// What is between its descriptor and its message.
  let ranges: RawSpan
  let transactionID: UInt64
  /// The guest that it is for.
  let generation: UInt64

  @_lifetime(copy ranges)
  init(ranges: RawSpan, transactionID: UInt64, generation: UInt64) {
    self.ranges = ranges
    self.transactionID = transactionID
    self.generation = generation
  }
}

/// What became of a packet with frames.
enum Telling: Sendable {
  case told
  /// The ring has no room for it now.
  case noRoom
  /// There is no such channel, or it is another guest's by now.
  case noChannel
}

/// Puts a packet into a channel's ring.
typealias TellChannel = (_ channel: Int, borrowing FramePacket) -> Telling
