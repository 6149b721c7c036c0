internal import CCompression

// The door to libbz2.

/// Decompresses bzip2.
@safe
final class Bzip2Decompressor: Decompressor {
  /// The library keeps its address.
  private let stream: UnsafeMutablePointer<bz_stream>

  init() throws(InputFailure) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
    try begin()
  }

  deinit {
    unsafe BZ2_bzDecompressEnd(stream)
    unsafe stream.deallocate()
  }

  private func begin() throws(InputFailure) {
    guard unsafe BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
      throw .system(reason: "no memory to decompress bzip2")
    }
  }

  @_lifetime(output: copy output)
  func decompress(_ input: RawSpan, isLast: Bool, into output: inout MutableRawSpan) -> DecompressionStep {
    let (inputCount, outputCount) = (input.byteCount, output.byteCount)
    // SAFETY: the library reads and writes within these counts, and keeps no pointer that it uses in a later call.
    let code = unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        unsafe stream.pointee.avail_in = UInt32(inputCount)
        unsafe stream.pointee.next_out = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
        unsafe stream.pointee.avail_out = UInt32(outputCount)
        return unsafe BZ2_bzDecompress(stream)
      }
    }
    return DecompressionStep(
      takenByteCount: inputCount - Int(unsafe stream.pointee.avail_in),
      givenByteCount: outputCount - Int(unsafe stream.pointee.avail_out), state: Self.state(code))
  }

  private static func state(_ code: Int32) -> DecompressionStep.State {
    switch code {
    case BZ_OK: .running
    case BZ_STREAM_END: .streamEnded
    case BZ_DATA_ERROR_MAGIC: .damaged(.bzip2, "it does not begin as bzip2 does")
    case BZ_MEM_ERROR: .failed(.system(reason: "no memory to decompress bzip2"))
    default: .damaged(.bzip2, "a checksum or a code is wrong")
    }
  }

  func restart() throws(InputFailure) {
    unsafe BZ2_bzDecompressEnd(stream)
    try begin()
  }
}
