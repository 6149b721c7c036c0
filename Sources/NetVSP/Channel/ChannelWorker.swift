internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The host's work on one channel: read what the guest sent, handle it, complete it.
///
/// A worker never reads a message whose completion might not fit into the return ring, so that whatever it read is
/// completed by the end of the same step and nothing is in flight between steps. (A host that kept messages in flight
/// when its queues stopped made its guests wait for ever.)
struct ChannelWorker<Receiver: FrameReceiver>: ~Copyable {
  private(set) var rest = ChannelRest.ready
  let channel: Channel
  private var fromGuest: RingConsumer<MappedRing>
  private var handler: MessageHandler<Receiver>
  /// The data area of the guest's ring.
  private let ringByteCount: UInt32

  /// Takes over the rings of a channel that is being opened. A sub-channel needs no hand-shake of its own: it starts on
  /// the terms of the primary one.
  init(_ channel: Channel, rings: ChannelRings, device: NetworkDevice, receiver: Receiver) throws(ChannelError) {
    let addressSpace = device.bus.addressSpace
    let terms = device.terms
    guard channel.index == 0 || terms != nil else { throw .refused("a sub-channel before the set-up was over") }
    guard let home = addressSpace.memory(around: rings.guestToHost.lowerBound) else {
      throw .badPages(rings.guestToHost)
    }
    let incoming = try addressSpace.ring(in: rings.guestToHost, mapping: device.bus.ringMapping)
    let outgoing = try addressSpace.ring(in: rings.hostToGuest, mapping: device.bus.ringMapping)
    let consumer = try Self.consumer(of: incoming)
    let returnRing = try Self.returnRing(outgoing)
    self.channel = channel
    ringByteCount = incoming.ring.dataByteCount
    fromGuest = consumer
    handler = MessageHandler(
      channel, device: device, toGuest: returnRing,
      dataPath: DataPath(
        GuestMemory(addressSpace, home: home, isPrivateRead: device.configuration.readsPrivateMemory),
        receiver: receiver))
    if channel.index > 0, let terms { handler.open(terms) }
    // Until the worker goes to sleep nobody need ring for it.
    fromGuest.mask()
  }

  private static func consumer(of view: RingView) throws(ChannelError) -> RingConsumer<MappedRing> {
    do throws(RingError) {
      return try RingConsumer(view.ring, keeper: view)
    } catch {
      throw .refused("\(error)")
    }
  }

  private static func returnRing(_ view: RingView) throws(ChannelError) -> ReturnRing {
    do throws(RingError) {
      return try ReturnRing(view)
    } catch {
      throw .refused("\(error)")
    }
  }

  /// Does a bounded piece of work. Returns how many messages it read.
  mutating func step() -> Int {
    guard rest != .over else { return 0 }
    guard !channel.isRescinded else {
      rest = .over
      return 0
    }
    var handled = 0
    var violation: Violation?
    do throws(Violation) {
      try drain(&handled)
      if rest == .ready { try handler.answerControl() }
    } catch {
      violation = error
    }
    if handled > 0 { handler.flushFrames() }
    do throws(Violation) {
      try settle()
    } catch {
      violation = violation ?? error
    }
    if let violation { stop(because: violation) }
    return handled
  }

  /// Reads messages: as many as a step may take, and their completions have room for.
  private mutating func drain(_ handled: inout Int) throws(Violation) {
    let limit = try handler.toGuest.roomForCompletions()
    rest = limit > 0 ? .ready : .blocked
    try Self.drain(&fromGuest, limit, with: &handler, &handled)
    if handler.isRevoked { rest = .over }
  }

  private static func drain(
    _ ring: inout RingConsumer<MappedRing>, _ limit: Int, with handler: inout MessageHandler<Receiver>,
    _ handled: inout Int
  ) throws(Violation) {
    while handled < limit, !handler.isRevoked {
      if try handler.takesUsualMessage(of: &ring) {
        handled += 1
      } else {
        guard let packet = try ring.read() else { break }
        handled += 1
        try handler.handle(packet)
      }
    }
  }

  /// Gives the guest everything of this step: completions, room in its ring, and at most one doorbell.
  private mutating func settle() throws(Violation) {
    try handler.publishCompletions()
    try handler.publishHeldCompletions()
    let guestWaits = fromGuest.release()
    if handler.toGuest.takeSignal() || guestWaits {
      channel.toGuest.ring()
      handler.counts.doorbells += 1
    }
    if handler.faults?.isHanging == true { rest = .over }
    if handler.faults?.isDying == true {
      rest = .over
      handler.device.die()
    }
  }

  /// Tells the guest of frames in its receive buffer.
  mutating func tell(_ packet: borrowing FramePacket) -> Telling {
    guard rest != .over, !channel.isRescinded, handler.generation == packet.generation else { return .noChannel }
    do throws(Violation) {
      guard try handler.toGuest.tell(packet) else { return .noRoom }
    } catch {
      stop(because: error)
      return .noChannel
    }
    if handler.toGuest.takeSignal() {
      channel.toGuest.ring()
      handler.counts.doorbells += 1
    }
    return .told
  }

  private mutating func stop(because violation: Violation) {
    rest = .over
    handler.counts.violations += 1
    handler.device.report(violation: violation, on: channel.index)
    channel.rescind(because: "the guest broke the protocol: \(violation)")
  }

  /// Whether to wait for the doorbell now. The worker must be stepped again after it rang, or when this says no.
  mutating func preparesToSleep() -> Bool {
    // A blocked worker said how much room it needs, and looked once more; packets are no news to it.
    guard rest == .ready else { return rest == .blocked }
    guard handler.faults?.holdsCompletions != true else { return false }
    do throws(RingError) {
      return try !fromGuest.unmask()
    } catch {
      stop(because: .ring(error))
      return false
    }
  }

  /// Awake again: nobody need ring.
  mutating func wake() { fromGuest.mask() }

  /// Touches the rings no more. `finishing` first reads what the guest sent, and completes it as far as there is room.
  mutating func close(finishing: Bool) {
    // A guest that goes on sending while it closes is not waited for: one lap of the ring is all there can have been.
    var remaining = finishing ? ringByteCount / (PacketDescriptor.encodedSize + PacketTrailer.byteCount) : 0
    while remaining > 0, case let handled = step(), handled > 0 { remaining -= min(remaining, UInt32(handled)) }
    rest = .over
  }

  /// What was counted so far.
  var statistics: ChannelStatistics {
    var statistics = handler.counts
    statistics.digest = handler.dataPath.receiver.digest
    let lost = handler.dataPath.receiver.lost
    statistics.lostPackets = UInt64(lost.packets)
    statistics.deliveredPackets -= UInt64(lost.packets)
    statistics.deliveredBytes -= lost.bytes
    return statistics
  }
}
