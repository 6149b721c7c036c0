internal import WireFormats

/// What becomes of the completions of frames on one channel of a host that does wrong.
struct ChannelFaults: Sendable {
  private typealias Completion = CompletionBatch.Completion

  private let faults: HostFaults
  /// Messages with frames so far.
  private var messageCount: UInt64 = 0
  /// Completions on their way to the guest, the oldest first.
  private var held: [Completion] = []
  /// Messages read, and looks in vain, since there was nothing held.
  private var waited: UInt64 = 0
  /// Whether the channel is not to be read any more, or the host to go away, now.
  private(set) var isHanging = false
  private(set) var isDying = false

  /// nil where completions are as they should be.
  init?(_ faults: HostFaults) {
    guard faults.concernsCompletions else { return nil }
    self.faults = faults
  }

  /// Whether there is something that the guest has yet to be told.
  var holdsCompletions: Bool { !held.isEmpty }

  /// Takes the completions of a step, or of a part of it, out of their batch.
  mutating func take(_ batch: inout CompletionBatch) {
    let count = batch.count
    if held.isEmpty { waited = 0 }
    waited += UInt64(max(count, 1))
    var extra: [Completion] = []
    let limit = min(faults.hangingAfter ?? .max, faults.dyingAfter ?? .max)
    for index in 0..<count where messageCount < limit {
      messageCount += 1
      guard !isPast(faults.silentAfter) else { continue }
      var completion = batch[index]
      if isPast(faults.failingAfter) {
        completion = Completion(
          transactionID: completion.transactionID, word: RNDISPacketComplete(status: .failure).word)
      }
      held.append(completion)
      if isPast(faults.duplicatingAfter) { extra.append(completion) }
      if isPast(faults.inventingAfter) {
        extra.append(Completion(transactionID: ~completion.transactionID, word: completion.word))
      }
    }
    held += extra
    if count > 0 {
      isHanging = messageCount >= faults.hangingAfter ?? .max
      isDying = messageCount >= faults.dyingAfter ?? .max
    }
    batch.removeAll()
  }

  private func isPast(_ limit: UInt64?) -> Bool { limit.map { messageCount > $0 } ?? false }

  /// Whether what is held is due.
  var isDue: Bool { !held.isEmpty && waited >= faults.delay ?? 0 }

  /// Puts what is due into an empty batch, at most `limit` completions.
  mutating func release(into batch: inout CompletionBatch, limit: Int) {
    let count = min(limit, held.count)
    let isReversed = faults.delay != nil
    let due = isReversed ? held.suffix(count).reversed() : Array(held.prefix(count))
    for completion in due { batch.append(completion) }
    if isReversed { held.removeLast(count) } else { held.removeFirst(count) }
  }
}
