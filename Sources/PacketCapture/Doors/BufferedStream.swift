internal import CPcap
internal import Glibc

// The door to the C streams that libpcap reads and writes.

/// A call on a stream that failed.
struct StreamError: Error {
  /// The value of `errno` right after the call.
  let code: Int32

  /// The system's own text for the code.
  var reason: String { unsafe String(cString: strerror(code)) }
}

/// A C stream with a buffer of ours, which it needs until it is closed.
///
/// The C library's own buffer is a single disk block, which costs a system call for every few packets.
@safe
struct BufferedStream: ~Copyable {
  private static let bufferByteCount = 256 * 1024

  let file: UnsafeMutablePointer<FILE>
  private let buffer: UnsafeMutableRawPointer

  init(path: String, mode: String) throws(StreamError) {
    guard let file = unsafe fopen(path, mode) else { throw StreamError(code: errno) }
    unsafe self.init(file)
  }

  /// Writes to standard output, which stays open when the stream closes.
  init(standardOutput mode: String) throws(StreamError) {
    let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0, let file = unsafe fdopen(descriptor, mode) else { throw StreamError(code: errno) }
    unsafe self.init(file)
  }

  /// Reads the file, pipe or device behind a descriptor, which the stream closes.
  init(descriptor: Int32) throws(StreamError) {
    guard let file = unsafe fdopen(descriptor, "rb") else {
      let error = StreamError(code: errno)
      Glibc.close(descriptor)
      throw error
    }
    unsafe self.init(file)
  }

  /// Reads what `input` gives.
  init(reading input: StreamedInput) throws(StreamError) {
    // SAFETY: the stream holds the input, which the function that closes the stream lets go.
    let context = unsafe Unmanaged.passRetained(input)
    let functions = unsafe pcap_stream_functions(
      read: { context, buffer, count in
        unsafe Unmanaged<StreamedInput>.fromOpaque(context!).takeUnretainedValue()
          .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
      },
      write: nil, seek: nil,
      close: { context in
        unsafe Unmanaged<StreamedInput>.fromOpaque(context!).release()
        return 0
      })
    guard let file = unsafe pcap_open_stream(context.toOpaque(), "rb", functions) else {
      let error = StreamError(code: errno)
      unsafe context.release()
      throw error
    }
    unsafe self.init(file)
  }

  private init(_ file: UnsafeMutablePointer<FILE>) {
    unsafe self.file = unsafe file
    unsafe buffer = .allocate(byteCount: Self.bufferByteCount, alignment: 64)
    // SAFETY: the stream uses the buffer until it is closed, which is before `deinit`.
    unsafe setvbuf(file, buffer.assumingMemoryBound(to: CChar.self), _IOFBF, Self.bufferByteCount)
  }

  /// The owner closes the stream first, or libpcap does for it.
  deinit { unsafe buffer.deallocate() }

  func close() { unsafe fclose(file) }
  var hasFailed: Bool { unsafe ferror(file) != 0 }
  var endedEmpty: Bool { unsafe feof(file) != 0 && ftell(file) == 0 }
}

/// What a stream reads that is no plain file.
@safe
final class StreamedInput {
  private let source: any ByteSource
  private let isStopped: @Sendable () -> Bool
  /// Whether it has given nothing yet.
  private(set) var isEmpty = true
  /// Why it gives nothing more; nil at its end.
  private(set) var failure: InputFailure?

  /// What is in a file: decompressed, if it is compressed. Nil for a plain file that can be read without it.
  init?(_ file: InputFile, isStopped: @escaping @Sendable () -> Bool) throws(InputFailure) {
    let beginning = try file.look(CompressedFormat.longestSignatureByteCount)
    if let format = CompressedFormat(beginning: beginning.rawSpan) {
      source = try DecompressedInput(format, file)
    } else if file.canBeReadAgain {
      return nil
    } else {
      source = file
    }
    self.isStopped = isStopped
  }

  /// Fills in the beginning of the buffer as `read` does: returns the number of bytes, 0 at the end, -1 for a failure.
  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if failure == nil {
      do throws(InputFailure) {
        // What is compressed may expand to more than anybody waits for; but its beginning is looked at.
        if !isEmpty, isStopped() { throw .stopped }
        // SAFETY: the stream lends the buffer for the time of the call.
        var bytes = unsafe MutableRawSpan(_unsafeBytes: buffer)
        let count = try source.read(into: &bytes)
        if count > 0 { isEmpty = false }
        return count
      } catch {
        failure = error
      }
    }
    errno = EIO
    return -1
  }
}

extension [UInt8] {
  /// The bytes of the array.
  var rawSpan: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      // SAFETY: a byte has no padding.
      unsafe span.bytes
    }
  }

  /// Replaces the bytes from `offset` on, which are there.
  mutating func write(_ bytes: RawSpan, at offset: Int) {
    precondition(offset >= 0 && count - offset >= bytes.byteCount, "bytes replace others")
    unsafe withUnsafeMutableBytes { ours in
      // SAFETY: there is room, as was just checked.
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: ours[offset...])
      unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
    }
  }
}

extension RawSpan {
  /// One of the bytes.
  func byte(at offset: Int) -> UInt8 {
    // SAFETY: the span checks the bounds, and any bits make a byte.
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}

extension ByteSource {
  /// Fills in the beginning of what is in the array from `offset` on. Returns how many bytes: 0 at the end only.
  func read(into array: inout [UInt8], at offset: Int) throws(InputFailure) -> Int {
    try unsafe array.withUnsafeMutableBufferPointer { (bytes) throws(InputFailure) in
      // SAFETY: the slice is within the array, which stays where it is for the time of the call.
      let slice = unsafe UnsafeMutableBufferPointer(rebasing: bytes[offset...])
      var room = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(slice))
      return try read(into: &room)
    }
  }
}
