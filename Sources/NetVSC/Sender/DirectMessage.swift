/// What a message with page ranges holds besides its section.
struct DirectMessage: BitwiseCopyable {
  /// The slot that its header lies in.
  var headerSlot: UInt32?
  /// The large buffer that its frame was copied to.
  var largeBuffer: UInt32?
  /// Where the memory that its frame lies in is counted.
  var loan: UInt32?
  /// What the caller named its frame by, where the caller wants it back.
  var cookie: UInt64?
}
