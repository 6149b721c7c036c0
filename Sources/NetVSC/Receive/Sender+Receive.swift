internal import SharedMemory
internal import VMBusRing
internal import WireFormats

extension Sender {
  /// How many frames the host delivered that polls have found and nobody has taken. On a queue that is shared they are
  /// with whoever polls, and this is 0 for all others.
  public var receivableCount: Int {
    switch receive {
    case .some(let end): end.frames.count
    case .none: 0
    }
  }

  /// Hands out the frames that polls have found, the oldest first, at most `limit` of them. Each is the callee's for as
  /// long as `body` runs, and the host's again afterwards. Returns how many there were.
  ///
  /// Frames come with `DeviceConfiguration.receivesFrames` only; without it polls drop them. Whoever takes none still
  /// sends: the host delivers no more than the receive buffer holds, and leaves the rest with its source. On a queue that
  /// is shared one sender at a time takes frames; for the others there are none.
  @discardableResult
  public mutating func receive(
    limit: Int = .max, _ body: (borrowing ReceivedFrame) -> Void
  ) throws(SenderError) -> Int {
    try queue.checkRing()
    if queue.isShared { receive = queue.open.takeReceiveEnd(waiting: false) }
    let taken = handOut(limit: limit, body)
    do throws(SenderError) {
      try sendAcknowledgements()
    } catch {
      passOnReceiveEnd()
      throw error
    }
    passOnReceiveEnd()
    return taken
  }

  private mutating func handOut(limit: Int, _ body: (borrowing ReceivedFrame) -> Void) -> Int {
    guard var end = receive.take() else { return 0 }
    let buffer = queue.receiveBuffer.bytes
    var taken = 0
    while taken < limit, end.frames.count > 0 {
      let frame = end.frames.first
      let start = Int(frame.byteOffset)
      body(ReceivedFrame(bytes: buffer.span(start..<start + Int(frame.byteCount)), info: frame.info))
      end.frames.removeFirst()
      counts.received.add(Int(frame.byteCount))
      if let status = frame.status {
        end.acknowledgements.append(Acknowledgement(transactionID: frame.transactionID, status: status))
      }
      taken += 1
    }
    receive = consume end
    return taken
  }
}
