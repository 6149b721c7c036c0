internal import SharedMemory
internal import WireFormats

/// The completions of one step, until they go to the guest together.
struct CompletionBatch: ~Copyable, Sendable {
  struct Completion: BitwiseCopyable, Sendable {
    let transactionID: UInt64
    /// The NVSP message, which is one word.
    let word: UInt64
  }

  /// The most messages of a step, so that no step is long.
  static var capacity: Int { 256 }

  private var completions = PrivateList<Completion>(capacity: Self.capacity)

  init() {}

  var count: Int { completions.count }
  subscript(index: Int) -> Completion { completions[index] }

  /// Adds the completion of one more packet.
  mutating func append(_ transactionID: UInt64, _ status: NVSPStatus) {
    append(Completion(transactionID: transactionID, word: RNDISPacketComplete(status: status).word))
  }

  /// Adds a completion.
  mutating func append(_ completion: Completion) { completions.append(completion) }

  mutating func removeAll() { completions.removeAll() }
}
