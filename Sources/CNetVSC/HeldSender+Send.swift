internal import CNetVSCInterface
internal import NetVSC

extension HeldSender {
  @inline(__always)
  mutating func send(_ frame: RawSpan) -> netvsc_result {
    use { sender throws(SenderError) in
      let outcome = try sender.send(frame)
      return outcome == .taken ? NETVSC_OK : netvsc_result(outcome)
    }
  }

  mutating func send(_ frame: RawSpan, _ offload: netvsc_offload) -> netvsc_result {
    guard let offload = FrameOffload(offload) else { return fail(.badOffload) }
    return use { sender throws(SenderError) in netvsc_result(try sender.send(frame, offload: offload)) }
  }

  /// Tells in `taken` how many were dealt with.
  mutating func send(_ frames: Span<FrameRange>, in bytes: RawSpan, _ taken: inout Int) -> netvsc_result {
    use { sender throws(SenderError) in
      taken = try sender.send(frames, in: bytes)
      return netvsc_result(taking: taken, of: frames.count, by: sender)
    }
  }

  mutating func send(_ frames: Span<FrameRange>, of memory: FrameMemory, _ taken: inout Int) -> netvsc_result {
    use { sender throws(SenderError) in
      taken = try sender.send(frames, of: memory)
      return netvsc_result(taking: taken, of: frames.count, by: sender)
    }
  }

  mutating func send(_ parts: Span<FramePart>, _ offload: FrameOffload) -> netvsc_result {
    use { sender throws(SenderError) in netvsc_result(try sender.send(parts, offload: offload)) }
  }

  mutating func submit(_ parts: Span<FramePart>, _ cookie: UInt64, _ offload: FrameOffload) -> netvsc_result {
    use { sender throws(SenderError) in netvsc_result(try sender.submit(parts, cookie: cookie, offload: offload)) }
  }

  mutating func flush() -> netvsc_result {
    use { sender throws(SenderError) in
      try sender.flush()
      return NETVSC_OK
    }
  }
}

extension netvsc_result {
  init(_ outcome: SendOutcome) {
    self =
      switch outcome {
      case .taken: NETVSC_OK
      case .wouldBlock: NETVSC_WOULD_BLOCK
      case .tooLarge: NETVSC_ERROR_TOO_LARGE
      case .tooShort: NETVSC_ERROR_TOO_SHORT
      case .closing: NETVSC_ERROR_CLOSING
      }
  }

  init(_ refusal: ReservationRefusal) {
    self =
      switch refusal {
      case .wouldBlock: NETVSC_WOULD_BLOCK
      case .tooLarge: NETVSC_ERROR_TOO_LARGE
      case .tooShort: NETVSC_ERROR_TOO_SHORT
      case .closing: NETVSC_ERROR_CLOSING
      }
  }

  /// Whether it says that the frame was taken, or refused for its size.
  var dealtWithFrame: Bool {
    self == NETVSC_OK || self == NETVSC_ERROR_TOO_LARGE || self == NETVSC_ERROR_TOO_SHORT
  }

  /// That of a call which dealt with the first `count` of so many frames.
  init(taking count: Int, of all: Int, by sender: borrowing Sender) {
    self = count == all ? NETVSC_OK : sender.isClosing ? NETVSC_ERROR_CLOSING : NETVSC_WOULD_BLOCK
  }
}
