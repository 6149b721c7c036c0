internal import WireFormats

/// The completions of one step, until they go to the guest together.
struct CompletionBatch: ~Copyable, Sendable {
  /// The most messages of a step, so that no step is long.
  static var capacity: Int { 256 }

  private var transactionIDs: InlineArray<256, UInt64> = InlineArray(repeating: 0)
  private var statuses: InlineArray<256, UInt32> = InlineArray(repeating: 0)
  private(set) var count = 0

  /// Adds the completion of one more packet.
  mutating func append(_ transactionID: UInt64, _ status: NVSPStatus) {
    transactionIDs[count] = transactionID
    statuses[count] = status.rawValue
    count += 1
  }

  func transactionID(_ index: Int) -> UInt64 { transactionIDs[index] }
  func status(_ index: Int) -> NVSPStatus { NVSPStatus(rawValue: statuses[index]) }

  mutating func removeAll() { count = 0 }
}
