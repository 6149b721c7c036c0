/// Turns the bytes of a compressed file into plain ones, piece by piece and in bounded memory.
protocol Decompressor: AnyObject {
  /// Turns some of `input` into the beginning of `output`; neither need be used up. `isLast` says that no input follows.
  @_lifetime(output: copy output)
  func decompress(_ input: RawSpan, isLast: Bool, into output: inout MutableRawSpan) -> DecompressionStep

  /// Begins anew: another compressed stream follows in the same file.
  func restart() throws(InputFailure)
}

/// How far a decompressor came.
struct DecompressionStep {
  enum State {
    case running
    /// A compressed stream is complete; the file may hold more of them.
    case streamEnded
    case failed(InputFailure)
  }

  /// The bytes of input that were used up.
  var takenByteCount: Int
  /// The bytes of output that were filled in, before any failure.
  var givenByteCount: Int
  var state: State
}

extension DecompressionStep.State {
  /// What is said of a stream that its library finds fault with.
  static func damaged(_ format: CompressedFormat, _ reason: String) -> Self {
    .failed(.damaged(reason: "its \(format) data is damaged: \(reason)"))
  }
}
