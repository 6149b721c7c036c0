internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What happened to a frame that was offered.
public enum SendOutcome: Equatable, Sendable {
  /// The frame was copied, and its memory may be reused; or it was lent. It is published by the next `flush`, or before.
  case taken
  /// There is no free section or buffer, or the ring is full: nothing happened. Poll or wait, and offer it again.
  case wouldBlock
  /// The frame is longer than the device carries: counted, and gone.
  case tooLarge
  /// The frame is shorter than an Ethernet header: counted, and gone.
  case tooShort
  /// The device is about to be closed, or opened anew: nothing happened. Drain, finish the sender, and send this frame by
  /// one of the device that comes.
  case closing
}

extension Sender {
  /// Offers one Ethernet frame, from the destination address on and without check sequence. Copies it.
  ///
  /// Throws where the queue cannot be used any more. That is noticed when a burst is published, or there is no room.
  public mutating func send(_ frame: RawSpan) throws(SenderError) -> SendOutcome {
    // For a constant the compiler leaves out all that an offload would cost.
    try copy(frame, PacketOffload())
  }

  /// Offers one Ethernet frame, as `send` does, and asks the host to finish it.
  ///
  /// What the host refuses, because the frame does not bear it out, comes back as a failure.
  public mutating func send(_ frame: RawSpan, offload: FrameOffload) throws(SenderError) -> SendOutcome {
    try copy(frame, offload.info)
  }

  @inline(__always)
  private mutating func copy(_ frame: RawSpan, _ offload: PacketOffload) throws(SenderError) -> SendOutcome {
    settle()
    let limit = offload.encodedSize == 0 ? maximumFrameByteCount : frameLimit(offload, within: copiedByteCount)
    if let refusal = refuse(frame.byteCount, offload, beyond: limit) { return refusal }
    guard makePlace(for: frame.byteCount, offload) else { return try copyWithoutPlace(frame, offload) }
    sections.bytes.write(frame, at: message.framePlace(behind: offload))
    stage(frameByteCount: frame.byteCount, offload)
    return .taken
  }

  /// What is left for a frame that has no place: to publish what fills the burst, or a large buffer.
  @inline(never)
  mutating func copyWithoutPlace(_ frame: RawSpan, _ offload: PacketOffload) throws(SenderError) -> SendOutcome {
    if isClosing { return .closing }
    if try makePlaceByFlushing(for: frame.byteCount, offload) {
      sections.bytes.write(frame, at: message.framePlace(behind: offload))
      stage(frameByteCount: frame.byteCount, offload)
      return .taken
    }
    guard let large = try beginLargeCopy(of: frame.byteCount, offload) else { return try noRoom() }
    directMemory.bytes.write(frame, at: large.framePlace)
    closeMessage(DirectMessage(largeBuffer: large.buffer))
    return .taken
  }

  /// There is no room now. On a queue that is over there never will be, and whoever waits is to know.
  @inline(never)
  package func noRoom() throws(SenderError) -> SendOutcome {
    try queue.check()
    return .wouldBlock
  }

  /// Publishes what fills the burst, if anything does, and looks for a place once more.
  mutating func makePlaceByFlushing(for frameByteCount: Int, _ offload: PacketOffload) throws(SenderError) -> Bool {
    guard burst.freeCount == 0 || isStopped else { return false }
    try flush()
    return makePlace(for: frameByteCount, offload)
  }

  /// Makes everything sent so far visible to the host, as far as the ring has room; the rest stays for the next flush.
  public mutating func flush() throws(SenderError) {
    settle()
    closeMessage()
    noteClosing()
    try queue.checkRing()
    try sendAcknowledgements()
    if isStopped { try look() }
    neededByteCount = 0
    guard burst.count > 0 else { return }
    try queue.check()
    let published: PublishedBurst
    let now = clock.now()
    do {
      published = try transmit.publish(&burst, stamping: &inFlight, at: now)
    } catch {
      try note(error)
      return try stopIfNearlyFull()
    }
    if times.firstPublication == nil { times.firstPublication = now }
    times.lastPublication = now
    counts.messages &+= UInt64(published.messageCount)
    counts.published += published.packets
    try signal(published.publication)
    try stopIfNearlyFull()
  }

  /// Finds a place for a frame: behind the open message's packets, or in a section of its own. Returns whether there is
  /// one, and counts where there is no section. A frame that no section holds has none.
  @inline(__always)
  mutating func makePlace(for frameByteCount: Int, _ offload: PacketOffload) -> Bool {
    if message.isOpen {
      if message.hasRoom(for: frameByteCount, offload, within: messageLimits) { return true }
      closeMessage()
    }
    guard burst.freeCount > 0, !isStopped, !isClosing, fitsSection(frameByteCount, offload) else { return false }
    guard let section = sections.next ?? sections.borrow() else {
      counts.noSection &+= 1
      return false
    }
    message.begin(in: section, at: sections.offset(of: section))
    return true
  }

  /// Whether a section holds a frame with its header and info.
  @inline(__always)
  func fitsSection(_ frameByteCount: Int, _ offload: PacketOffload) -> Bool {
    frameByteCount &+ Int(RNDISPacketHeader.encodedSize &+ offload.encodedSize) <= Int(messageLimits.byteCount)
  }

  /// Counts and names a frame of a size that is not carried, beyond `limit` or too short; nil for every other.
  @inline(__always)
  mutating func refuse(_ byteCount: Int, _ offload: PacketOffload, beyond limit: Int) -> SendOutcome? {
    let offeredByteCount = byteCount &+ Int(offload.tagByteCount)
    if byteCount > limit {
      counts.offered.add(offeredByteCount)
      counts.refusedTooLarge.add(offeredByteCount)
      return .tooLarge
    }
    if byteCount < Self.minimumFrameByteCount {
      counts.offered.add(offeredByteCount)
      counts.refusedTooShort.add(offeredByteCount)
      return .tooShort
    }
    return nil
  }

  /// The longest frame with such info in a message of `byteCount` bytes. A large send may be longer than the link takes.
  @inline(__always)
  func frameLimit(_ offload: PacketOffload, within byteCount: Int) -> Int {
    let inMessage = byteCount - Int(RNDISPacketHeader.encodedSize + offload.encodedSize)
    if case .largeSend = offload.transport { return min(Self.maximumLargeSendByteCount, inMessage) }
    return min(maximumFrameByteCount, inMessage)
  }

  /// Frames the bytes that lie in the place that was made, and adds them to the open message.
  @inline(__always)
  mutating func stage(frameByteCount: Int, _ offload: PacketOffload) {
    if !message.isOpen { _ = sections.take() }
    message.append(frameByteCount: UInt32(frameByteCount), offload, in: sections.bytes, within: messageLimits)
  }

  /// Adds the open message, if there is one, to the burst: for which there is room since it was opened.
  @inline(__always)
  mutating func closeMessage() {
    guard message.isOpen else { return }
    let transactionID = inFlight.enter(
      section: message.section, packetCount: message.packetCount, byteCount: message.frameByteCount)
    burst.append(transactionID: transactionID, section: message.section, byteCount: message.byteCount)
    countClosedMessage()
  }

  @inline(__always)
  mutating func countClosedMessage() {
    counts.offered.add(message.packetCount, bytes: message.frameByteCount)
    counts.reserved.add(message.packetCount, bytes: message.frameByteCount)
    message.close()
  }

  /// Rings the host's doorbell if a publication asks for it.
  @inline(__always)
  mutating func signal(_ publication: Publication) throws(SenderError) {
    switch publication {
    case .quiet: counts.signalsElided &+= 1
    case .signal:
      counts.signals &+= 1
      queue.channel.toHost.ring()
    case .closed: throw .rescinded(queue.channel.rescindReason ?? "closed")
    }
  }

  /// Sorts a ring's error: no room is normal and counted, everything else ends the queue.
  mutating func note(_ error: RingError) throws(SenderError) {
    switch error {
    case .full(let needed, _):
      counts.ringFull &+= 1
      neededByteCount = needed
    case .closed: throw .rescinded(queue.channel.rescindReason ?? "closed")
    case .tooManyWriters: preconditionFailure("a ring refuses a writer when it is made, not when it writes")
    case .tooLarge, .indexOutOfRange, .indexMovedBack, .badDescriptor:
      throw queue.end(because: "\(error)")
    }
  }
}
