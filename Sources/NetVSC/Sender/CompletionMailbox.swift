internal import SharedMemory

/// What a completion says, as one sender hands it to another.
package struct MailedCompletion: Equatable, Sendable, BitwiseCopyable {
  package let transactionID: UInt64
  /// The first word of its payload. One without payload is sent on as all ones, which is no completion either.
  package let word: UInt64

  package init(transactionID: UInt64, word: UInt64) {
    self.transactionID = transactionID
    self.word = word
  }
}

/// Where a sender of a shared queue finds the completions of its messages that others took out of the ring.
///
/// One at a time puts in: whoever has the receiving end. One takes out: the sender that it belongs to. A host that
/// completes every message once cannot overfill it, since it has room for all that its sender can have in flight.
package struct CompletionMailbox: Sendable {
  private static let wordsPerEntry = 2

  private let entries: PrivateWordTable
  private let mask: UInt64
  /// How many were put in, and taken out, ever.
  private let putCount: PrivateWord
  private let takenCount: PrivateWord
  private let isAsleep: PrivateWord
  private let keepers: (PrivateWords, PrivateWords)

  /// An empty one with room for at least `capacity`.
  package init(capacity: Int) {
    precondition(capacity > 0)
    let count = 1 << (Int.bitWidth - (capacity - 1).leadingZeroBitCount)
    mask = UInt64(count - 1)
    let (words, table) = (PrivateWords(count: 3), PrivateWords(tableOf: count * Self.wordsPerEntry))
    (putCount, takenCount, isAsleep) = (words[0], words[1], words[2])
    entries = table.table
    keepers = (words, table)
  }

  /// Puts a completion in; returns false where there is no room, so that it is lost.
  package func put(_ completion: MailedCompletion) -> Bool {
    let count = putCount.loadRelaxed()
    // Acquires `take`: the entry was read before it is written again.
    guard count &- takenCount.loadAcquiring() <= mask else { return false }
    let place = Int(count & mask) * Self.wordsPerEntry
    entries[place].storeRelaxed(completion.transactionID)
    entries[place + 1].storeRelaxed(completion.word)
    // Releases the entry to `take`.
    putCount.storeReleasing(count &+ 1)
    return true
  }

  /// Takes the completion that was put in first.
  package func take() -> MailedCompletion? {
    let count = takenCount.loadRelaxed()
    guard putCount.loadAcquiring() != count else { return nil }
    let place = Int(count & mask) * Self.wordsPerEntry
    let completion = MailedCompletion(
      transactionID: entries[place].loadRelaxed(), word: entries[place + 1].loadRelaxed())
    takenCount.storeReleasing(count &+ 1)
    return completion
  }

  /// Whether there is nothing in it.
  package var isEmpty: Bool { putCount.loadAcquiring() == takenCount.loadRelaxed() }

  /// The owner is about to sleep, or awake again. It looks once more before it sleeps, behind a full fence; whoever put
  /// something in passes one before it asks `needsBell`. So one of them sees the other's.
  package func prepareToSleep() {
    isAsleep.storeRelaxed(1)
    fullFence()
  }
  package func wakeUp() { isAsleep.storeRelaxed(0) }

  /// Whether its owner sleeps. To be asked behind a full fence.
  package var needsBell: Bool { isAsleep.loadRelaxed() != 0 }
}
