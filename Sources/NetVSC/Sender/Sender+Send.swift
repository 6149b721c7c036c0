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
    if !burst.hasRoom { try flush() }
    guard let section = nextSection() else { return .wouldBlock }
    sections.write(frame, to: section, at: Int(RNDISPacketHeader.encodedSize))
    stage(frameByteCount: frame.byteCount)
    return .taken
  }

  /// Makes everything sent so far visible to the host, as far as the ring has room; the rest stays for the next flush.
  public mutating func flush() throws(SenderError) {
    settle()
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
    counters.messages &+= UInt64(published.messageCount)
    counters.published += published.packets
    try signal(published.publication)
  }

  /// The section for the next frame; nil where the frame would block.
  @inline(__always)
  mutating func nextSection() -> UInt32? {
    guard burst.hasRoom else { return nil }
    if let section = sections.next { return section }
    counters.noSection &+= 1
    return nil
  }

  /// Counts and names a frame of a size that is not carried; nil for every other.
  @inline(__always)
  mutating func refuse(_ byteCount: Int) -> SendOutcome? {
    if byteCount > maximumFrameByteCount {
      counters.offered.add(byteCount)
      counters.refusedTooLarge.add(byteCount)
      return .tooLarge
    }
    if byteCount < Self.minimumFrameByteCount {
      counters.offered.add(byteCount)
      counters.refusedTooShort.add(byteCount)
      return .tooShort
    }
    return nil
  }

  /// Frames the bytes that lie in the next free section, behind the room for their header, and adds them to the burst.
  @inline(__always)
  mutating func stage(frameByteCount: Int) {
    let section = sections.take()
    let header = RNDISPacketHeader(frameByteCount: UInt32(frameByteCount), perPacketInfoByteCount: 0)
    var space = sections.bytes(of: section, byteCount: Int(RNDISPacketHeader.encodedSize))
    header.emit(into: &space)
    let transactionID = inFlight.enter(section: section, packetCount: 1, byteCount: frameByteCount)
    burst.append(
      transactionID: transactionID, section: section,
      byteCount: Int(RNDISPacketHeader.encodedSize) + frameByteCount)
    counters.offered.add(frameByteCount)
    counters.reserved.add(frameByteCount)
  }

  /// Rings the host's doorbell if a publication asks for it.
  @inline(__always)
  mutating func signal(_ publication: Publication) throws(SenderError) {
    switch publication {
    case .quiet: counters.signalsElided &+= 1
    case .signal:
      counters.signals &+= 1
      queue.channel.toHost.ring()
    case .closed: throw .rescinded(queue.channel.rescindReason ?? "closed")
    }
  }

  /// Sorts a ring's error: no room is normal and counted, everything else ends the queue.
  mutating func note(_ error: RingError) throws(SenderError) {
    switch error {
    case .full: counters.ringFull &+= 1
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
