/// Bytes in their order, wherever they come from.
protocol ByteSource: AnyObject {
  /// Fills in the beginning of `output`, which is not empty. Returns how many bytes that are: 0 at the end only.
  @_lifetime(output: copy output)
  func read(into output: inout MutableRawSpan) throws(InputFailure) -> Int
}

/// Why there are no more bytes.
enum InputFailure: Error, Equatable {
  /// The system failed to read on.
  case system(reason: String)
  /// What was to be decompressed is damaged.
  case damaged(reason: String)
  /// Somebody said that nothing more is wanted.
  case stopped
}
