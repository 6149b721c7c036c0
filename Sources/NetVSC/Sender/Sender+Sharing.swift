internal import SharedMemory

/// Several senders on one queue. One of them at a time has the receiving end, and takes packets out of it for all:
///
/// ```
///   receive ring → sender 1 (has the end) → its own table
///                        |-→ mailbox of 0    taken by sender 0 when it polls next,
///                        '-→ mailbox of 2    or woken by its bell where it sleeps
/// ```
/// A sender that waits takes the receiving end and sleeps on the channel's bell; while another has it, it sleeps on its
/// own. Whoever gives the end back wakes one that sleeps, which takes it: so while anybody sleeps, somebody watches the
/// ring.
extension Sender {
  /// Accounts for the completions that others took out of the ring.
  mutating func takeMail(_ returned: (ReturnedFrame) -> Void) -> Int {
    guard !place.mailbox.isEmpty else { return 0 }
    let now = clock.now()
    var completed = 0
    // As many as one poll takes out of the ring: others may be putting more in.
    for _ in 0..<Self.pollBudget {
      guard let completion = place.mailbox.take() else { break }
      completed += complete(completion, at: now, returned)
    }
    latencyRun.finish(at: now, in: &latencies)
    if completed > 0 { times.lastCompletion = now }
    return completed
  }

  /// Hands a completion to the sender that it is for.
  mutating func mail(_ completion: MailedCompletion) {
    let number = InFlightTable.sender(of: completion.transactionID)
    guard queue.places.indices.contains(number), queue.places[number].mailbox.put(completion) else {
      // No such sender, or more completions than it had messages.
      counts.completions &+= 1
      counts.unknownCompletions &+= 1
      return
    }
  }

  /// Gives the receiving end back, if the queue is shared, and wakes whoever sleeps and has mail, or has the end to take.
  mutating func passOnReceiveEnd() {
    guard queue.isShared, let end = receive.take() else { return }
    queue.open.takeBack(receiveEnd: end)
    wakeOthers()
  }

  /// Wakes those that sleep and have mail, and if there are none, the first that sleeps.
  func wakeOthers() {
    // Behind giving back and putting in; the sleeper passes one as well, between saying that it sleeps and looking.
    fullFence()
    var sleeper: SenderPlace?
    var woken = false
    for other in queue.places where other !== place && other.mailbox.needsBell {
      if other.mailbox.isEmpty {
        sleeper = sleeper ?? other
      } else {
        other.bell?.ring()
        woken = true
      }
    }
    if !woken { sleeper?.bell?.ring() }
  }
}
