internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension ControlChannel {
  /// How many packets of the host are looked at before the time is, so that a storm of them cannot keep the guest here;
  /// and how many may wait for their acknowledgement. What is not taken stays in the host's ring.
  private static let packetBudget = 1024
  /// The longest uninterrupted wait, in nanoseconds: a host that dies without a word is noticed after it.
  private static let longestWait: UInt64 = 50_000_000

  /// Writes a packet, once there is room for it.
  mutating func write(
    _ type: VMBusPacketType, header: RawSpan? = nil, payload: RawSpan, transactionID: UInt64,
    completionRequested: Bool, step: String
  ) throws(DeviceError) {
    let start = clock.now()
    while true {
      do throws(RingError) {
        return signal(
          try ends.transmit.write(
            type, header: header, payload: payload, transactionID: transactionID,
            completionRequested: completionRequested))
      } catch .full {
        try attend(for: step, since: start)
      } catch {
        throw failure(error, step: step)
      }
    }
  }

  /// Waits until `isDone`, no longer than for one answer.
  mutating func wait(for step: String, until isDone: (borrowing Self) -> Bool) throws(DeviceError) {
    let start = clock.now()
    try takePackets(step: step)
    while !isDone(self) { try attend(for: step, since: start) }
  }

  /// Waits until the host got back all that it must.
  mutating func settle() throws(DeviceError) {
    try wait(for: "the last acknowledgement") { $0.ends.receive.acknowledgements.isEmpty }
  }

  /// Reads an answer.
  func parse<Value>(
    _ bytes: [UInt8], step: String, _ body: (RawSpan) throws(WireError) -> Value
  ) throws(DeviceError) -> Value {
    guard !bytes.isEmpty else { throw .refused(step: step, reason: "the answer is empty") }
    let copy = PrivateBytes(copying: bytes)
    do throws(WireError) {
      return try body(copy.span(copy.byteCount))
    } catch {
      throw .refused(step: step, reason: "\(error)")
    }
  }

  /// Gives the host time to act, and takes what it sent. Throws when its time is over.
  private mutating func attend(for step: String, since start: UInt64) throws(DeviceError) {
    guard !channel.isRescinded else { throw failure(.closed, step: step) }
    let elapsed = clock.now() &- start
    guard elapsed < answerTimeout else { throw .noAnswer(step: step) }
    do throws(RingError) {
      let isEmpty = if host.runsInline { true } else { try !ends.receive.ring.unmask() }
      if isEmpty {
        host.attend(channel, timeout: min(answerTimeout - elapsed, Self.longestWait))
        ends.receive.ring.mask()
      }
    } catch {
      throw failure(error, step: step)
    }
    try takePackets(step: step)
  }

  private mutating func takePackets(step: String) throws(DeviceError) {
    do throws(RingError) {
      for _ in 0..<Self.packetBudget {
        guard ends.receive.acknowledgements.count < Self.packetBudget, try takeNext() else { break }
      }
      if ends.receive.ring.release() { channel.toHost.ring() }
      try sendAcknowledgements()
    } catch {
      throw failure(error, step: step)
    }
  }

  private func failure(_ error: RingError, step: String) -> DeviceError {
    guard error != .closed else { return .rescinded(channel.rescindReason ?? "no reason given") }
    return .refused(step: step, reason: "\(error)")
  }

  private func signal(_ publication: Publication) {
    if publication == .signal { channel.toHost.ring() }
  }

  /// Takes the host's next packet. Returns whether there was one.
  private mutating func takeNext() throws(RingError) -> Bool {
    guard let packet = try ControlPacket(next: &ends.receive.ring, receiveBuffer, &ends.receive.frames) else {
      return false
    }
    switch packet.type {
    case .completion where packet.transactionID == awaitedTransaction:
      awaitedTransaction = nil
      completion = packet.payload
    case .dataInBand:
      // The one message that a host sends unasked and that matters here; others are let pass.
      if let table = SendIndirectionTable(payload: packet.payload, version: version) { indirectionTable = table }
    case .dataUsingTransferPages:
      if let request = awaitedRequest, let answer = packet.answer(to: request) {
        awaitedRequest = nil
        reply = answer
      }
    default: break
    }
    if let acknowledgement = packet.acknowledgement { ends.receive.acknowledgements.append(acknowledgement) }
    return true
  }

  /// Gives receive packets back, as far as there is room: the host may still have to make some.
  private mutating func sendAcknowledgements() throws(RingError) {
    var sent = 0
    defer { ends.receive.acknowledgements.removeFirst(sent) }
    for acknowledgement in ends.receive.acknowledgements {
      do throws(RingError) {
        signal(try ends.transmit.acknowledge(acknowledgement))
      } catch .full {
        return
      }
      sent += 1
    }
  }
}
