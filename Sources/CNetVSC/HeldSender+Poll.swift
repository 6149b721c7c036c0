internal import CNetVSCInterface
internal import NetVSC

extension HeldSender {
  /// Tells in `completed` how many messages completed.
  mutating func poll(_ completed: inout Int, _ returned: (ReturnedFrame) -> Void) -> netvsc_result {
    use { sender throws(SenderError) in
      completed = try sender.poll(returned)
      return NETVSC_OK
    }
  }

  /// Tells in `received` how many frames it handed out.
  mutating func receive(
    limit: Int, _ received: inout Int, _ body: (borrowing ReceivedFrame) -> Void
  ) -> netvsc_result {
    use { sender throws(SenderError) in
      received = try sender.receive(limit: limit, body)
      return NETVSC_OK
    }
  }

  mutating func wait(timeout: UInt64) -> netvsc_result {
    use { sender throws(SenderError) in
      try sender.wait(timeout: timeout)
      return NETVSC_OK
    }
  }

  mutating func drain(timeout: UInt64, _ returned: (ReturnedFrame) -> Void) -> netvsc_result {
    use { sender throws(SenderError) in try sender.drain(timeout: timeout, returned) ? NETVSC_OK : NETVSC_WOULD_BLOCK }
  }
}

extension netvsc_fate {
  init(_ fate: ReturnedFrame.Fate) {
    self =
      switch fate {
      case .completed: NETVSC_COMPLETED
      case .failed: NETVSC_FAILED
      case .lost: NETVSC_LOST
      }
  }
}
