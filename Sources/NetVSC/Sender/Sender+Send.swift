internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What happened to a frame that was offered.
public enum SendOutcome: Equatable, Sendable {
  /// The frame was copied; its memory may be reused. It is published by the next `flush`, or before.
  case taken
  /// There is no free section, or the ring is full: nothing happened. Poll or wait, and offer the frame again.
  case wouldBlock
  /// The frame is longer than the device carries: counted, and gone.
  case tooLarge
  /// The frame is shorter than an Ethernet header: counted, and gone.
  case tooShort
}

extension Sender {
  /// Offers one Ethernet frame, from the destination address on and without check sequence. Copies it.
  ///
  /// Throws only where a burst had to be published and the queue turned out to be unusable.
  public mutating func send(_ frame: RawSpan) throws(SenderError) -> SendOutcome {
    settle()
    if let refusal = refuse(frame.byteCount) { return refusal }
    if !makePlace(for: frame.byteCount) {
      guard burst.freeCount == 0 else { return .wouldBlock }
      try flush()
      guard makePlace(for: frame.byteCount) else { return .wouldBlock }
    }
    if !message.isOpen { _ = sections.take() }
    message.append(frame, in: sections.bytes, within: messageLimits)
    return .taken
  }

  /// Makes everything sent so far visible to the host, as far as the ring has room; the rest stays for the next flush.
  public mutating func flush() throws(SenderError) {
    settle()
    closeMessage()
    if let violation { throw .hostViolation(violation) }
    try sendAcknowledgements()
    guard burst.count > 0 else { return }
    try checkChannel()
    let published: PublishedBurst
    let now = clock.now()
    do {
      published = try ends.transmit.publish(&burst, stamping: &inFlight, at: now)
    } catch {
      return try note(error)
    }
    if times.firstPublication == nil { times.firstPublication = now }
    times.lastPublication = now
    counts.messages &+= UInt64(published.messageCount)
    counts.published += published.packets
    try signal(published.publication)
  }

  /// Finds a place for a frame: behind the open message's packets, or in a section of its own. Returns whether there is
  /// one, and counts where there is no section.
  @inline(__always)
  mutating func makePlace(for frameByteCount: Int) -> Bool {
    if message.isOpen {
      if message.hasRoom(for: frameByteCount, within: messageLimits) { return true }
      closeMessage()
    }
    guard burst.freeCount > 0 else { return false }
    guard let section = sections.next else {
      counts.noSection &+= 1
      return false
    }
    message.begin(in: section, at: sections.offset(of: section))
    return true
  }

  /// Counts and names a frame of a size that is not carried; nil for every other.
  @inline(__always)
  mutating func refuse(_ byteCount: Int) -> SendOutcome? {
    if byteCount > maximumFrameByteCount {
      counts.offered.add(byteCount)
      counts.refusedTooLarge.add(byteCount)
      return .tooLarge
    }
    if byteCount < Self.minimumFrameByteCount {
      counts.offered.add(byteCount)
      counts.refusedTooShort.add(byteCount)
      return .tooShort
    }
    return nil
  }

  /// Frames the bytes that were written in the place that was made, and adds them to the open message.
  @inline(__always)
  mutating func stage(frameByteCount: Int) {
    if !message.isOpen { _ = sections.take() }
    message.append(frameByteCount: UInt32(frameByteCount), in: sections.bytes, within: messageLimits)
  }

  /// Adds the open message, if there is one, to the burst: for which there is room since it was opened.
  @inline(__always)
  mutating func closeMessage() {
    guard message.isOpen else { return }
    let transactionID = inFlight.enter(
      section: message.section, packetCount: message.packetCount, byteCount: message.frameByteCount)
    burst.append(transactionID: transactionID, section: message.section, byteCount: message.byteCount)
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
    case .full: counts.ringFull &+= 1
    case .closed: throw .rescinded(queue.channel.rescindReason ?? "closed")
    case .tooManyWriters: preconditionFailure("a ring refuses a writer when it is made, not when it writes")
    case .tooLarge, .indexOutOfRange, .indexMovedBack, .badDescriptor:
      violation = "\(error)"
      throw .hostViolation("\(error)")
    }
  }

  /// Throws where the queue cannot be used any more. A ring that was broken once is never trusted again.
  @inline(__always)
  func checkChannel() throws(SenderError) {
    if let violation { throw .hostViolation(violation) }
    guard !queue.channel.isRescinded else { throw .rescinded(queue.channel.rescindReason ?? "no reason given") }
  }
}
