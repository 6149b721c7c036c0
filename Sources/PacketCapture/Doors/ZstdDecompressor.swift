internal import CCompression

// The door to libzstd.

/// Decompresses zstd. A frame may ask for a window of 128 MiB, the library's own limit.
@safe
final class ZstdDecompressor: Decompressor {
  private let context: OpaquePointer

  init() throws(InputFailure) {
    guard let context = unsafe ZSTD_createDCtx() else { throw .system(reason: "no memory to decompress zstd") }
    unsafe self.context = unsafe context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  @_lifetime(output: copy output)
  func decompress(_ input: RawSpan, isLast: Bool, into output: inout MutableRawSpan) -> DecompressionStep {
    // SAFETY: the library reads and writes within these sizes, and keeps no pointer that it uses in a later call.
    unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        var given = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        var taken = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        let result = unsafe ZSTD_decompressStream(context, &given, &taken)
        return unsafe DecompressionStep(
          takenByteCount: taken.pos, givenByteCount: given.pos, state: Self.state(result))
      }
    }
  }

  /// Of a result that is an error, or how much input is still expected: 0 at the end of a frame.
  private static func state(_ result: Int) -> DecompressionStep.State {
    guard ZSTD_isError(result) != 0 else { return result == 0 ? .streamEnded : .running }
    return .damaged(.zstd, unsafe String(cString: ZSTD_getErrorName(result)))
  }

  /// The library begins the next frame by itself.
  func restart() {}
}
