/// What is in a compressed file, which may be several compressed streams one behind the other.
final class DecompressedInput: ByteSource {
  private static let bufferByteCount = 128 * 1024

  private let format: CompressedFormat
  private let source: any ByteSource
  private let decompressor: any Decompressor
  /// Compressed bytes, of which those in `waiting` are still to be used.
  private var buffer = [UInt8](repeating: 0, count: bufferByteCount)
  private var waiting = 0..<0
  private var sourceHasEnded = false
  private var isBetweenStreams = false
  private var hasEnded = false
  private var failure: InputFailure?

  init(_ format: CompressedFormat, _ source: any ByteSource) throws(InputFailure) {
    self.format = format
    self.source = source
    decompressor = try format.makeDecompressor()
  }

  @_lifetime(output: copy output)
  func read(into output: inout MutableRawSpan) throws(InputFailure) -> Int {
    if let failure { throw failure }
    while !hasEnded {
      if waiting.isEmpty { try fill() }
      if isBetweenStreams {
        guard try beginNextStream() else { continue }
      }
      let step = decompressor.decompress(
        buffer.rawSpan.extracting(waiting), isLast: sourceHasEnded, into: &output)
      waiting = waiting.lowerBound + step.takenByteCount..<waiting.upperBound
      switch step.state {
      case .running: break
      case .streamEnded: isBetweenStreams = true
      case .failed(let failure): self.failure = failure
      }
      // What came before a failure is given first.
      if step.givenByteCount > 0 { return step.givenByteCount }
      if let failure { throw failure }
      if step.takenByteCount == 0, !isBetweenStreams { try makeProgress() }
    }
    return 0
  }

  /// Begins with what follows a stream: nothing, zeros that fill up a block, or a further stream, which anything else is
  /// taken for. Returns false where there is no stream yet.
  private func beginNextStream() throws(InputFailure) -> Bool {
    guard let first = waiting.first(where: { buffer[$0] != 0 }) else {
      hasEnded = sourceHasEnded
      waiting = waiting.upperBound..<waiting.upperBound
      return false
    }
    waiting = first..<waiting.upperBound
    try decompressor.restart()
    isBetweenStreams = false
    return true
  }

  /// Gets more bytes for a decompressor that does nothing with those it has.
  private func makeProgress() throws(InputFailure) {
    guard !sourceHasEnded, waiting.count < buffer.count else {
      let failure = InputFailure.damaged(reason: "its \(format) data ends too early")
      self.failure = failure
      throw failure
    }
    try fill()
  }

  private func fill() throws(InputFailure) {
    guard !sourceHasEnded else { return }
    let count = waiting.count
    for index in 0..<count { buffer[index] = buffer[waiting.lowerBound + index] }
    waiting = 0..<count
    let readCount = try source.read(into: &buffer, at: count)
    sourceHasEnded = readCount == 0
    waiting = 0..<count + readCount
  }
}
