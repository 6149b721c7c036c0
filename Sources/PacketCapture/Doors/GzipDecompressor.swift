internal import CCompression

// The door to zlib.

/// Decompresses gzip.
@safe
final class GzipDecompressor: Decompressor {
  /// The largest window there is, and a gzip header in front.
  private static let windowBits: Int32 = 15 + 16

  /// The library keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(InputFailure) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit2_(
      stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw .system(reason: "no memory to decompress gzip") }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  @_lifetime(output: copy output)
  func decompress(_ input: RawSpan, isLast: Bool, into output: inout MutableRawSpan) -> DecompressionStep {
    let (inputCount, outputCount) = (input.byteCount, output.byteCount)
    // SAFETY: the library reads and writes within these counts, and keeps no pointer that it uses in a later call.
    let code = unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(inputCount)
        unsafe stream.pointee.next_out = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(outputCount)
        return unsafe inflate(stream, Z_NO_FLUSH)
      }
    }
    return DecompressionStep(
      takenByteCount: inputCount - Int(unsafe stream.pointee.avail_in),
      givenByteCount: outputCount - Int(unsafe stream.pointee.avail_out), state: state(code))
  }

  private func state(_ code: Int32) -> DecompressionStep.State {
    switch code {
    // The second says that nothing was done, for want of input or room.
    case Z_OK, Z_BUF_ERROR: .running
    case Z_STREAM_END: .streamEnded
    default: .damaged(.gzip, unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(code)")
    }
  }

  func restart() {
    let code = unsafe inflateReset(stream)
    precondition(code == Z_OK, "a stream that was set up can be reset")
  }
}
