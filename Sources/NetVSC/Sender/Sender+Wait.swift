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
    try waitForHost(timeout: timeout, isDraining: false)
  }

  private mutating func waitForHost(timeout: UInt64, isDraining: Bool) throws(SenderError) {
    counts.waits &+= 1
    guard !queue.hostRunsInline else {
      return queue.attend(timeout: hasNews(isDraining: isDraining) ? 0 : timeout)
    }
    guard !holdsFrames(isDraining: isDraining) else { return }
    guard queue.isShared else { return try waitForPackets(timeout: timeout, isDraining: isDraining) }
    try waitForMail(timeout: timeout, isDraining: isDraining)
  }

  /// Whether frames were found and not taken, which are no news to the ring. A drain does not wait for frames.
  private func holdsFrames(isDraining: Bool) -> Bool { receivableCount > 0 && !isDraining }

  /// Whether there is something to take already, or nobody is to sleep: then a host without threads runs, and does not wait for its source.
  private mutating func hasNews(isDraining: Bool) -> Bool {
    guard place.mailbox.isEmpty, !mustNotSleep(isDraining: isDraining) else { return true }
    if queue.isShared { receive = queue.open.takeReceiveEnd(waiting: false) }
    // Whoever else has the end finds what there is, and may put it into the mailbox.
    let hasNews = (receive?.ring.hasPackets ?? true) || holdsFrames(isDraining: isDraining)
    passOnReceiveEnd()
    return hasNews
  }

  /// Whether nobody is to sleep: the queue is over, or the device is about to close.
  private func mustNotSleep(isDraining: Bool) -> Bool {
    queue.isOver || !isDraining && queue.terms.openSenders.areClosing
  }

  /// Having the receiving end: waits until there are packets in it, or room in the ring where that is wanted.
  private mutating func waitForPackets(timeout: UInt64, isDraining: Bool) throws(SenderError) {
    for _ in 0..<Self.spinCount {
      if receive?.ring.hasPackets ?? true { return }
      Processors.pause()
    }
    // Whoever ends the queue rings once, and a sender that had the end before may have answered.
    guard !mustNotSleep(isDraining: isDraining) else { return }
    do throws(RingError) {
      guard try !hasRoomOrAsks() else { return }
      guard try receive?.ring.unmask() == false else { return transmit.disarm() }
    } catch {
      return try note(error)
    }
    queue.attend(timeout: timeout)
    transmit.disarm()
    receive?.ring.mask()
  }

  /// Where something waits for room in the ring: whether it is there; if not, the host is asked to tell. For receive
  /// packets that go back it must be, as those are not completed.
  private mutating func hasRoomOrAsks() throws(RingError) -> Bool {
    guard isStopped || neededByteCount > 0 || receive?.acknowledgements.isEmpty == false else { return false }
    return try transmit.arm(needing: max(marks.wakeFrom, neededByteCount))
  }

  /// On a queue that is shared: waits until there is mail, or packets that it can take.
  private mutating func waitForMail(timeout: UInt64, isDraining: Bool) throws(SenderError) {
    let start = clock.now()
    for _ in 0..<Self.spinCount {
      guard place.mailbox.isEmpty else { return }
      receive = queue.open.takeReceiveEnd(waiting: false)
      if receive != nil { return try waitAndPassOn(timeout: timeout, isDraining: isDraining) }
      Processors.pause()
    }
    place.mailbox.prepareToSleep()
    defer {
      place.mailbox.wakeUp()
      // Its bell may have rung for the receiving end, which somebody else must take now.
      wakeOthers()
    }
    var waited: UInt64 = 0
    while waited < timeout, place.mailbox.isEmpty, !mustNotSleep(isDraining: isDraining) {
      // For certain: if nobody has it, nobody would wake this sender.
      receive = queue.open.takeReceiveEnd(waiting: true)
      if receive != nil { return try waitAndPassOn(timeout: timeout - waited, isDraining: isDraining) }
      guard place.bell?.wait(timeout: timeout - waited) == true else { return }
      waited = clock.now() &- start
    }
  }

  /// Having just taken the receiving end: waits for packets, and gives it back.
  private mutating func waitAndPassOn(timeout: UInt64, isDraining: Bool) throws(SenderError) {
    defer { passOnReceiveEnd() }
    // Whoever had the end before may have put mail in since it was looked for; nobody else can now.
    guard place.mailbox.isEmpty else { return }
    // And it may have found frames that it did not take: they are anybody's.
    guard !holdsFrames(isDraining: isDraining) else { return }
    try waitForPackets(timeout: timeout, isDraining: isDraining)
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
      try waitForHost(timeout: min(timeout - elapsed, Self.longestWait), isDraining: true)
    }
  }
}
