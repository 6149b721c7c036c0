internal import CCompression

// The door to liblzma.

/// Decompresses xz.
@safe
final class XZDecompressor: Decompressor {
  /// What a file may ask for, in bytes: twice what `xz -9` does.
  private static let memoryLimit: UInt64 = 128 << 20
  /// LZMA_CONCATENATED: the library itself looks for further streams, and the padding between them.
  private static let concatenated: UInt32 = 8

  /// The library keeps its address.
  private let stream: UnsafeMutablePointer<lzma_stream>

  init() throws(InputFailure) {
    unsafe stream = .allocate(capacity: 1)
    // All zero, as LZMA_STREAM_INIT has it.
    unsafe stream.initialize(to: lzma_stream())
    guard unsafe lzma_stream_decoder(stream, Self.memoryLimit, Self.concatenated) == LZMA_OK else {
      throw .system(reason: "no memory to decompress xz")
    }
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
  }

  @_lifetime(output: copy output)
  func decompress(_ input: RawSpan, isLast: Bool, into output: inout MutableRawSpan) -> DecompressionStep {
    let (inputCount, outputCount) = (input.byteCount, output.byteCount)
    // SAFETY: the library reads and writes within these counts, and keeps no pointer that it uses in a later call.
    let code = unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe stream.pointee.next_in = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = inputCount
        unsafe stream.pointee.next_out = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = outputCount
        return unsafe lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN)
      }
    }
    return DecompressionStep(
      takenByteCount: inputCount - Int(unsafe stream.pointee.avail_in),
      givenByteCount: outputCount - Int(unsafe stream.pointee.avail_out), state: Self.state(code))
  }

  private static func state(_ code: lzma_ret) -> DecompressionStep.State {
    switch code {
    // The second says that nothing was done, for want of input or room.
    case LZMA_OK, LZMA_BUF_ERROR: .running
    case LZMA_STREAM_END: .streamEnded
    case LZMA_MEM_ERROR: .failed(.system(reason: "no memory to decompress xz"))
    case LZMA_MEMLIMIT_ERROR: .damaged(.xz, "it asks for more than \(memoryLimit >> 20) MiB of memory")
    case LZMA_OPTIONS_ERROR: .damaged(.xz, "it has options that liblzma does not know")
    case LZMA_FORMAT_ERROR: .damaged(.xz, "what follows is not xz")
    default: .damaged(.xz, "a checksum or a code is wrong")
    }
  }

  /// Nothing can follow the end of all streams.
  func restart() {}
}
