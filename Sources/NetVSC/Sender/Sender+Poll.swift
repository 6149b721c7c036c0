internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What a sender needs of a packet from the host.
private struct HostPacket {
  let type: VMBusPacketType
  let transactionID: UInt64
  /// The first word of the payload; nil when there is none.
  let word: UInt64?

  /// What a packet of the primary channel indicates is taken in here, while it is still in the ring.
  @inline(__always)
  init?(next ring: inout RingConsumer<MappedRing>, of queue: DeviceQueue) throws(RingError) {
    guard let packet = try ring.next() else { return nil }
    type = packet.descriptor.type
    transactionID = packet.descriptor.transactionID
    word = packet.payloadByteCount >= 8 ? packet.word(at: packet.descriptor.payloadOffset) : nil
    if type == .dataUsingTransferPages { queue.receiveBuffer?.takeIndications(of: packet) }
  }
}

extension Sender {
  /// How many packets of the host one poll looks at, so that a storm of them cannot keep a sender from sending.
  private static let pollBudget = 1024

  /// Takes what the host sent: completions give sections back. Returns how many messages completed.
  @discardableResult
  public mutating func poll() throws(SenderError) -> Int { try poll { _ in } }

  /// The same, and gives frames that were lent back to the caller.
  @discardableResult
  public mutating func poll(_ returned: (ReturnedFrame) -> Void) throws(SenderError) -> Int {
    settle()
    if let violation { throw .hostViolation(violation) }
    var completed = 0
    var now: UInt64 = 0
    do throws(RingError) {
      for _ in 0..<Self.pollBudget {
        // What cannot be acknowledged yet stays in the host's ring, where it fills no memory of ours.
        guard acknowledgements.count < Self.pollBudget,
          let packet = try HostPacket(next: &ends.receive, of: queue)
        else { break }
        switch packet.type {
        case .completion:
          if now == 0 { now = clock.now() }
          switch complete(packet.transactionID, word: packet.word, at: now) {
          case .unknown: break
          case .known: completed += 1
          case .returning(let frame):
            completed += 1
            returned(frame)
          }
        case .dataUsingTransferPages: acknowledgements.append(packet.transactionID)
        default: counts.ignoredPackets &+= 1
        }
      }
      if completed > 0 { times.lastCompletion = now }
      if ends.receive.release() { queue.channel.toHost.ring() }
    } catch {
      try note(error)
    }
    try checkChannel()
    try sendAcknowledgements()
    return completed
  }

  /// What a completion names.
  private enum Named {
    case unknown
    /// A message in flight.
    case known
    /// A message in flight whose frame the caller gets back.
    case returning(ReturnedFrame)
  }

  /// Accounts for one completion.
  ///
  /// The message's resources are free whatever the host says of it.
  @inline(__always)
  private mutating func complete(_ transactionID: UInt64, word: UInt64?, at now: UInt64) -> Named {
    counts.completions &+= 1
    guard let message = inFlight.remove(transactionID) else {
      counts.unknownCompletions &+= 1
      return .unknown
    }
    guard !message.isDirect else { return complete(message, transactionID, word: word, at: now) }
    sections.give(back: message.section)
    return account(for: message, word: word, at: now) ? .known : .unknown
  }

  /// The same for a message with page ranges.
  @inline(never)
  private mutating func complete(
    _ message: InFlightTable.Message, _ transactionID: UInt64, word: UInt64?, at now: UInt64
  ) -> Named {
    let isSuccess = word == RNDISPacketComplete(status: .success).word
    let frame = release(section: message.section, transactionID, as: isSuccess ? .completed : .failed)
    // The frame of a message that was given up was given back then.
    guard account(for: message, word: word, at: now) else { return .unknown }
    return frame.map { .returning($0) } ?? .known
  }

  /// Counts what a message carried. Returns false for one that was given up, and counted then.
  @inline(__always)
  private mutating func account(for message: InFlightTable.Message, word: UInt64?, at now: UInt64) -> Bool {
    guard !message.isAbandoned else {
      counts.unknownCompletions &+= 1
      return false
    }
    latencies.record(now &- min(now, message.publishedAt))
    if let word, word == RNDISPacketComplete(status: .success).word {
      counts.completed.add(message.packetCount, bytes: message.byteCount)
    } else {
      counts.failed.add(message.packetCount, bytes: message.byteCount)
      if word.map({ UInt32(truncatingIfNeeded: $0) }) != RNDISPacketComplete.type.rawValue {
        counts.malformedCompletions &+= 1
      }
    }
    return true
  }

  /// Gives receive packets back to the host, which can reuse their buffers then. They go before any frame.
  mutating func sendAcknowledgements() throws(SenderError) {
    while let transactionID = acknowledgements.last {
      let publication: Publication
      do {
        publication = try ends.transmit.acknowledge(transactionID)
      } catch {
        return try note(error)
      }
      acknowledgements.removeLast()
      counts.receivesAcknowledged &+= 1
      try signal(publication)
    }
  }

  /// Waits, at most `timeout` nanoseconds, until the host has done something. A host without threads runs meanwhile.
  public mutating func wait(timeout: UInt64) throws(SenderError) {
    counts.waits &+= 1
    guard !queue.host.runsInline else { return queue.host.attend(queue.channel, timeout: timeout) }
    for _ in 0..<Self.spinCount {
      if ends.receive.hasPackets { return }
      Processors.pause()
    }
    do throws(RingError) {
      guard try !ends.receive.unmask() else { return }
    } catch {
      return try note(error)
    }
    queue.host.attend(queue.channel, timeout: timeout)
    ends.receive.mask()
  }

  /// Publishes everything and waits until all of it is completed, at most `timeout` nanoseconds. Returns whether it is.
  ///
  /// Frames that were lent go back to the caller meanwhile.
  public mutating func drain(
    timeout: UInt64, _ returned: (ReturnedFrame) -> Void = { _ in }
  ) throws(SenderError) -> Bool {
    let start = clock.now()
    while true {
      try flush()
      try poll(returned)
      guard inFlight.count > 0 else { return true }
      let elapsed = clock.now() &- start
      guard elapsed < timeout else { return false }
      try wait(timeout: min(timeout - elapsed, Self.longestWait))
    }
  }

  /// How often a wait looks before it sleeps: for about as long as waking up would take.
  private static let spinCount = 500

  /// The longest uninterrupted wait of a drain, in nanoseconds: a host that dies without a word is noticed after it.
  private static let longestWait: UInt64 = 50_000_000
}
