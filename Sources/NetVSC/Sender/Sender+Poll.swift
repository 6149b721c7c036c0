internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What a sender needs of a packet from the host.
private struct HostPacket {
  let type: VMBusPacketType
  let transactionID: UInt64
  /// The first word of the payload; all ones, which mean nothing, when there is none.
  let word: UInt64
  /// Whether what it tells was taken in as it was read.
  let isTakenIn: Bool
  /// What a receive packet is acknowledged with; nil while somebody has yet to take its frames.
  let acknowledgement: Acknowledgement?

  /// What a receive packet brings, or a packet of the primary channel indicates, is taken in here, while it is still in
  /// the ring.
  @inline(__always)
  init?(
    next ring: inout RingConsumer<MappedRing>, of queue: DeviceQueue, _ frames: inout HeldFrames,
    _ counts: inout QueueCounters
  ) throws(RingError) {
    guard let packet = try ring.next() else { return nil }
    type = packet.descriptor.type
    transactionID = packet.descriptor.transactionID
    word = packet.payloadByteCount >= 8 ? packet.word(at: packet.descriptor.payloadOffset) : .max
    if type == .dataUsingTransferPages {
      if queue.index == 0 { queue.receiveBuffer.takeIndications(of: packet) }
      acknowledgement = queue.receiveBuffer.takeFrames(of: packet, into: &frames, &counts)
    } else {
      acknowledgement = nil
    }
    isTakenIn = type == .dataInBand && queue.steering?.take(packet) == true
  }
}

extension PacketShape {
  /// A completion of a host of version 6.1 or later: forty bytes.
  fileprivate static var usualCompletion: Self { Self(.completion, payloadByteCount: 40, completionRequested: false) }
}

extension Sender {
  /// How many packets of the host one poll looks at, so that a storm of them cannot keep a sender from sending.
  static let pollBudget = 1024

  /// Takes what the host sent: completions give sections back. Returns how many messages completed.
  @discardableResult
  public mutating func poll() throws(SenderError) -> Int { try poll { _ in } }

  /// The same, and gives frames that were lent back to the caller.
  ///
  /// On a queue that is shared one sender at a time takes packets out of the ring, for all of them; the others, for whom it
  /// is not their turn, get what was handed to them before.
  @discardableResult
  public mutating func poll(_ returned: (ReturnedFrame) -> Void) throws(SenderError) -> Int {
    settle()
    noteClosing()
    try queue.checkRing()
    var completed = 0
    if queue.isShared {
      completed += takeMail(returned)
      receive = queue.open.takeReceiveEnd(waiting: false)
    }
    var failure: RingError?
    if var end = receive.take() {
      do throws(RingError) {
        try takePackets(from: &end, &completed, returned)
      } catch {
        failure = error
      }
      receive = consume end
    }
    sections.returnBorrowed(keeping: sections.comfortableCount)
    do throws(SenderError) {
      if let failure { try note(failure) }
      try queue.check()
      try sendAcknowledgements()
      if isStopped { try look() }
    } catch {
      passOnReceiveEnd()
      throw error
    }
    passOnReceiveEnd()
    return completed
  }

  /// How many acknowledgements may wait for room: of a host that keeps the rules, all that there can be. One that holds
  /// back its completions behind them must not be left unread, or both sides wait.
  private var acknowledgementLimit: Int { max(Self.pollBudget, queue.receiveBuffer.subAllocationCount) }

  /// Takes packets out of the ring: completions of its own, which it counts, and others'.
  private mutating func takePackets(
    from end: inout ReceiveEnd, _ completed: inout Int, _ returned: (ReturnedFrame) -> Void
  ) throws(RingError) {
    var now: UInt64 = 0
    defer { latencyRun.finish(at: now, in: &latencies) }
    for _ in 0..<Self.pollBudget {
      let completion: MailedCompletion
      if let words: InlineArray<2, UInt64> = try end.ring.peek(.usualCompletion) {
        end.ring.skip(.usualCompletion)
        completion = MailedCompletion(transactionID: words[0], word: words[1])
      } else {
        // What cannot be acknowledged yet stays in the host's ring, where it fills no memory of ours.
        guard end.acknowledgements.count < acknowledgementLimit,
          let packet = try HostPacket(next: &end.ring, of: queue, &end.frames, &counts)
        else { break }
        switch packet.type {
        case .completion:
          completion = MailedCompletion(transactionID: packet.transactionID, word: packet.word)
        case .dataUsingTransferPages:
          if let acknowledgement = packet.acknowledgement { end.acknowledgements.append(acknowledgement) }
          continue
        case .dataInBand where packet.isTakenIn: continue
        default:
          counts.ignoredPackets &+= 1
          continue
        }
      }
      if now == 0 { now = clock.now() }
      if InFlightTable.sender(of: completion.transactionID) == place.number {
        completed &+= complete(completion, at: now, returned)
      } else {
        mail(completion)
      }
    }
    if completed > 0, now > 0 { times.lastCompletion = now }
    if end.ring.release() { queue.channel.toHost.ring() }
  }

  /// Accounts for one completion. Returns how many messages completed: one, or none.
  ///
  /// The message's resources are free whatever the host says of it.
  @inline(__always)
  mutating func complete(_ completion: MailedCompletion, at now: UInt64, _ returned: (ReturnedFrame) -> Void) -> Int {
    counts.completions &+= 1
    guard let message = inFlight.remove(completion.transactionID) else {
      counts.unknownCompletions &+= 1
      return 0
    }
    guard !message.isDirect else { return complete(message, completion, at: now, returned) }
    sections.give(back: message.section)
    return account(for: message, word: completion.word, at: now) ? 1 : 0
  }

  /// The same for a message with page ranges.
  @inline(never)
  private mutating func complete(
    _ message: InFlightTable.Message, _ completion: MailedCompletion, at now: UInt64,
    _ returned: (ReturnedFrame) -> Void
  ) -> Int {
    let isSuccess = completion.word == RNDISPacketComplete(status: .success).word
    let frame = release(
      section: message.section, completion.transactionID, as: isSuccess ? .completed : .failed)
    // The frame of a message that was given up was given back then.
    guard account(for: message, word: completion.word, at: now) else { return 0 }
    if let frame { returned(frame) }
    return 1
  }

  /// Counts what a message carried. Returns false for one that was given up, and counted then.
  @inline(__always)
  private mutating func account(for message: InFlightTable.Message, word: UInt64, at now: UInt64) -> Bool {
    guard !message.isAbandoned else {
      counts.unknownCompletions &+= 1
      return false
    }
    latencyRun.add(from: message.publishedAt, to: now, in: &latencies)
    if word == RNDISPacketComplete(status: .success).word {
      counts.completed.add(message.packetCount, bytes: message.byteCount)
    } else {
      counts.failed.add(message.packetCount, bytes: message.byteCount)
      if UInt32(truncatingIfNeeded: word) != RNDISPacketComplete.type.rawValue { counts.malformedCompletions &+= 1 }
    }
    return true
  }

  /// Gives receive packets back to the host, which can reuse their buffers then, if this sender has any. They go before its
  /// own frames.
  mutating func sendAcknowledgements() throws(SenderError) {
    while let acknowledgement = receive?.acknowledgements.last {
      let publication: Publication
      do {
        publication = try transmit.acknowledge(acknowledgement)
      } catch {
        if case .full = error { counts.acknowledgementsDelayed &+= 1 }
        return try note(error)
      }
      receive?.acknowledgements.removeLast()
      counts.receivesAcknowledged &+= 1
      try signal(publication)
      // Nothing waits for the room that an acknowledgement did not find.
      if burst.count == 0 { neededByteCount = 0 }
    }
  }
}
