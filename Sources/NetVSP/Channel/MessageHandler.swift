internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What a channel does about each packet of the guest.
struct MessageHandler<Receiver: FrameReceiver>: ~Copyable {
  let channel: Channel
  let device: NetworkDevice
  var toGuest: ReturnRing
  var completions = CompletionBatch()
  /// nil in a host that does nothing wrong.
  private(set) var faults: ChannelFaults?
  var dataPath: DataPath<Receiver>
  /// Only the primary channel has one.
  var control: ControlPlane?
  /// Whether the set-up is over and frames may come.
  private(set) var isOpen = false
  /// The guest that it is open for; nil before that.
  private(set) var generation: UInt64?
  /// Whether the guest took a buffer back: what follows stays unread.
  var isRevoked = false
  var counts = ChannelStatistics()

  init(_ channel: Channel, device: NetworkDevice, toGuest: consuming ReturnRing, dataPath: consuming DataPath<Receiver>)
  {
    self.channel = channel
    self.device = device
    self.toGuest = toGuest
    self.dataPath = dataPath
    control = channel.index == 0 ? ControlPlane(device) : nil
    faults = ChannelFaults(device.configuration.faults)
  }

  /// Frames are received on these terms from now on.
  mutating func open(_ terms: AgreedTerms) {
    isOpen = true
    generation = terms.generation
    toGuest.agree(on: terms.version)
    dataPath.open(terms)
  }

  /// Reads and receives the next packet where nobody looks at frames, and it is as most are: a message that lies in a
  /// section, with nothing but plain packets in it, but for the last one's frame, which may lie in a page that is lent.
  /// Returns false, with nothing read, where that cannot be said.
  @inline(__always)
  mutating func takesUsualMessage(of ring: inout RingConsumer<MappedRing>) throws(Violation) -> Bool {
    guard !Receiver.readsFrames, isOpen else { return false }
    guard let words: InlineArray<3, UInt64> = try ring.glance(.usualMessage) else {
      return try takesUsualLentMessage(of: &ring)
    }
    guard UInt32(truncatingIfNeeded: words[1]) == SendRNDISPacket.type.rawValue,
      let frames = dataPath.countPlainFrames(of: SendRNDISPacket(firstWord: words[1], secondWord: words[2]))
    else { return false }
    ring.skip(.usualMessage)
    receive(frames, of: words[0])
    return true
  }

  @inline(__always)
  private mutating func takesUsualLentMessage(of ring: inout RingConsumer<MappedRing>) throws(Violation) -> Bool {
    guard let words: InlineArray<6, UInt64> = try ring.glance(.usualLentMessage),
      words[1] == GPADirectHeader.word(rangeCount: 1),
      UInt32(truncatingIfNeeded: words[4]) == SendRNDISPacket.type.rawValue,
      let frames = dataPath.countPlainFrames(
        of: SendRNDISPacket(firstWord: words[4], secondWord: words[5]), endingIn: PageRange(firstWord: words[2]),
        ofPage: words[3])
    else { return false }
    ring.skip(.usualLentMessage)
    receive(frames, of: words[0])
    return true
  }

  /// Counts and completes a message that was read and found to be good.
  @inline(__always)
  private mutating func receive(_ frames: FrameCount, of transactionID: UInt64) {
    counts.messages &+= 1
    counts.receive(frames)
    complete(transactionID, .success)
  }

  /// Does what a packet asks for. Throws when it breaks a rule that the channel cannot outlive.
  mutating func handle(_ packet: borrowing IncomingPacket<MappedRing>) throws(Violation) {
    counts.messages &+= 1
    let descriptor = packet.descriptor
    switch descriptor.type {
    case .dataInBand, .dataUsingGPADirect, .completion: break
    default: throw .packetType(descriptor.type)
    }
    guard descriptor.payloadByteCount > 0 else { throw .noMessage }
    let word = packet.word(at: descriptor.payloadOffset)
    let type = NVSPMessageType(rawValue: UInt32(truncatingIfNeeded: word))
    if descriptor.type == .completion {
      try handleAcknowledgement(type, descriptor)
    } else if type == .sendRNDISPacket {
      guard descriptor.payloadByteCount >= SendRNDISPacket.encodedSize else {
        throw .message(type, .truncated(needed: SendRNDISPacket.encodedSize, got: Int(descriptor.payloadByteCount)))
      }
      let second = packet.word(at: descriptor.payloadOffset + 8)
      try handleRNDIS(SendRNDISPacket(firstWord: word, secondWord: second), packet)
    } else {
      try handleSetup(type, packet)
    }
  }

  private mutating func handleRNDIS(
    _ message: SendRNDISPacket, _ packet: borrowing IncomingPacket<MappedRing>
  ) throws(Violation) {
    let contents = try dataPath.load(packet, message)
    if case .control(let type) = contents { return try receiveControlMessage(type, packet.descriptor) }
    guard isOpen else { throw .dataBeforeSetup }
    // Without a completion the sender could never use its memory again, so such a message is refused.
    guard case .frames = contents, packet.descriptor.completionRequested else {
      return complete(packet.descriptor.transactionID, .failure)
    }
    switch dataPath.receiveFrames(&counts) {
    case .delivered: complete(packet.descriptor.transactionID, .success)
    case .malformed: complete(packet.descriptor.transactionID, .failure)
    case .undelivered(let error):
      device.report(sinkFailure: error)
      complete(packet.descriptor.transactionID, .failure)
    }
  }

  /// Passes on what frames were gathered on the way, before their messages are completed.
  mutating func flushFrames() {
    do throws(SinkError) {
      try dataPath.receiver.flush()
    } catch {
      device.report(sinkFailure: error)
    }
  }

  /// Completes a packet, with all others of its step.
  @inline(__always)
  mutating func complete(_ transactionID: UInt64, _ status: NVSPStatus) {
    completions.append(transactionID, status)
    counts.completions &+= 1
    if status != .success { counts.failures &+= 1 }
  }

  /// Puts the completions so far into the ring. They go out before any answer that is written later.
  mutating func publishCompletions() throws(Violation) {
    // Where the host does wrong, they wait for the end of the step, when it is known what there is room for.
    faults?.take(&completions)
    try publishBatch()
  }

  private mutating func publishBatch() throws(Violation) {
    guard completions.count > 0 else { return }
    try toGuest.publish(completions)
    completions.removeAll()
  }

  /// Completes the transport of a control message, behind all frames before it. No fault concerns it.
  mutating func completeControl(_ descriptor: PacketDescriptor, _ status: NVSPStatus) throws(Violation) {
    try publishCompletions()
    complete(descriptor.transactionID, status)
    try publishBatch()
  }

  /// Puts into the ring what faults held back and is due, as far as there is room.
  mutating func publishHeldCompletions() throws(Violation) {
    while faults?.isDue == true, case let room = try toGuest.roomForCompletions(), room > 0 {
      faults?.release(into: &completions, limit: room)
      try publishBatch()
    }
  }
}

extension PacketShape {
  /// The message of common guests, whose forty bytes are right for every version.
  fileprivate static var usualMessage: Self { Self(.dataInBand, payloadByteCount: 40, completionRequested: true) }

  /// The same with one range, in one page.
  fileprivate static var usualLentMessage: Self {
    Self(
      .dataUsingGPADirect, headerByteCount: GPADirectHeader.byteCount + 16, payloadByteCount: 40,
      completionRequested: true)
  }
}
