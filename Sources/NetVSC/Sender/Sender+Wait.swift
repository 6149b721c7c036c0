internal import SharedMemory
internal import VMBusRing

extension Sender {
  /// How often a wait looks before it sleeps: for about as long as waking up would take.
  private static let spinCount = 500

  /// The longest uninterrupted wait of a drain, in nanoseconds: a host that dies without a word is noticed after it.
  private static let longestWait: UInt64 = 50_000_000

  /// Waits, at most `timeout` nanoseconds, until the host has done something. A host without threads runs meanwhile.
  ///
  /// Returns at once where the device is about to be closed, so that no thread sleeps over that: `drain` waits then, too.
  public mutating func wait(timeout: UInt64) throws(SenderError) {
    if isClosing, !queue.hostRunsInline { return }
    try waitForHost(timeout: timeout)
  }

  private mutating func waitForHost(timeout: UInt64) throws(SenderError) {
    counts.waits &+= 1
    guard !queue.hostRunsInline else { return queue.attend(timeout: timeout) }
    guard queue.isShared else { return try waitForPackets(timeout: timeout) }
    try waitForMail(timeout: timeout)
  }

  /// Having the receiving end: waits until there are packets in it.
  private mutating func waitForPackets(timeout: UInt64) throws(SenderError) {
    for _ in 0..<Self.spinCount {
      if receive?.ring.hasPackets ?? true { return }
      Processors.pause()
    }
    do throws(RingError) {
      // Receive packets are not completed when they go back: there the host must be asked to tell of room.
      if isStopped || receive?.acknowledgements.isEmpty == false { try transmit.arm(needing: marks.wakeFrom) }
      guard try receive?.ring.unmask() == false else { return transmit.disarm() }
    } catch {
      return try note(error)
    }
    queue.attend(timeout: timeout)
    transmit.disarm()
    receive?.ring.mask()
  }

  /// On a queue that is shared: waits until there is mail, or packets that it can take.
  private mutating func waitForMail(timeout: UInt64) throws(SenderError) {
    for _ in 0..<Self.spinCount {
      guard place.mailbox.isEmpty else { return }
      if try waitHavingReceiveEnd(timeout: timeout) { return }
      Processors.pause()
    }
    place.mailbox.prepareToSleep()
    defer {
      place.mailbox.wakeUp()
      // Its bell may have rung for the receiving end, which somebody else must take now.
      wakeOthers()
    }
    guard place.mailbox.isEmpty else { return }
    if try waitHavingReceiveEnd(timeout: timeout) { return }
    place.bell.wait(timeout: timeout)
    guard place.mailbox.isEmpty else { return }
    _ = try waitHavingReceiveEnd(timeout: timeout)
  }

  /// Takes the receiving end, if nobody has it, and waits for packets. Returns whether it had it.
  private mutating func waitHavingReceiveEnd(timeout: UInt64) throws(SenderError) -> Bool {
    receive = queue.open.takeReceiveEnd()
    guard receive != nil else { return false }
    defer { passOnReceiveEnd() }
    try waitForPackets(timeout: timeout)
    return true
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
      try waitForHost(timeout: min(timeout - elapsed, Self.longestWait))
    }
  }
}
