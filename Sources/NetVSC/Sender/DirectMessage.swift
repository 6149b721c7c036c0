/// What a message holds besides its section: one with page ranges, or whose frame the caller wants back.
struct DirectMessage: BitwiseCopyable {
  /// The slot that its header lies in.
  var headerSlot: UInt32?
  /// The large buffer that its frame was copied to.
  var largeBuffer: UInt32?
  /// The memory that its frame lies in.
  var loans = MemoryLoans.Places()
  /// What the caller named its frame by, where the caller wants it back.
  var cookie: UInt64?
}
