internal import CPcap
internal import Glibc

// The door to libpcap: every call that takes or gives a pointer is made here.

/// What libpcap knows about link types.
enum LibPcap {
  static func name(ofLinkType code: Int32) -> String? {
    unsafe pcap_datalink_val_to_name(code).map { unsafe String(cString: $0) }
  }

  static func explanation(ofLinkType code: Int32) -> String? {
    unsafe pcap_datalink_val_to_description(code).map { unsafe String(cString: $0) }
  }
}

/// A capture open for reading.
@safe
struct SaveFile: ~Copyable, @unchecked Sendable {
  // `@unchecked`: owned by this value alone, which one thread uses at a time; libpcap keeps no state per thread.
  private let stream: BufferedStream
  /// What the stream reads from; nil where it reads the file itself.
  private let input: StreamedInput?
  /// The pipe behind it that may keep its reader waiting.
  private let pipe: InputFile?
  private let capture: OpaquePointer
  private var header: UnsafeMutablePointer<pcap_pkthdr>?
  private var data: UnsafePointer<UInt8>?

  enum Step {
    case packet
    case end
    case stopped
    case failed(reason: String, isSystemFailure: Bool)
  }

  /// Whether opening the path again begins at its beginning again: not so for a pipe.
  var canBeReadAgain: Bool { pipe == nil }

  /// The size of the file; nil where that says little about what it gives.
  var plainByteCount: Int? {
    guard input == nil else { return nil }
    var status = stat()
    return unsafe fstat(fileno(stream.file), &status) == 0 ? Int(status.st_size) : nil
  }

  /// Opens a capture, compressed or not. Who reads a pipe asks `isStopped` while it waits.
  init(path: String, isStopped: @escaping @Sendable () -> Bool) throws(CaptureError) {
    let file = try InputFile(path: path, isStopped: isStopped)
    let name = CaptureReader.name(ofPath: path)
    let input = try Self.makeInput(of: file, path: name, isStopped)
    let stream = try Self.makeStream(of: file, input, path: name)
    do {
      unsafe capture = try Self.open(stream, input, path: name)
    } catch {
      stream.close()
      throw error
    }
    self.stream = stream
    self.input = input
    pipe = file.canBeReadAgain ? nil : file
  }

  private static func makeInput(
    of file: InputFile, path: String, _ isStopped: @escaping @Sendable () -> Bool
  ) throws(CaptureError) -> StreamedInput? {
    do throws(InputFailure) {
      return try StreamedInput(file, isStopped: isStopped)
    } catch {
      throw Self.error(error, path: path)
    }
  }

  private static func makeStream(
    of file: InputFile, _ input: StreamedInput?, path: String
  ) throws(CaptureError) -> BufferedStream {
    do throws(StreamError) {
      guard let input else { return try BufferedStream(descriptor: file.takeDescriptor()) }
      return try BufferedStream(reading: input)
    } catch {
      throw .notReadable(path: path, reason: error.reason)
    }
  }

  private static func error(_ failure: InputFailure, path: String) -> CaptureError {
    switch failure {
    case .system(let reason): .readFailed(path: path, afterPackets: 0, reason: reason)
    case .damaged(let reason): .damaged(path: path, afterPackets: 0, reason: reason)
    case .stopped: .stopped(path: path, afterPackets: 0)
    }
  }

  private static func open(
    _ stream: borrowing BufferedStream, _ input: StreamedInput?, path: String
  ) throws(CaptureError) -> OpaquePointer {
    // SAFETY: libpcap fills in at most PCAP_ERRBUF_SIZE bytes, the last of them zero, when it returns no capture.
    var text = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
    if let capture = unsafe pcap_fopen_offline_with_tstamp_precision(stream.file, precision, &text) {
      return unsafe capture
    }
    if let failure = input?.failure { throw error(failure, path: path) }
    let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    if stream.hasFailed { throw .readFailed(path: path, afterPackets: 0, reason: reason) }
    let isEmpty = input?.isEmpty ?? stream.endedEmpty
    throw .notACapture(path: path, reason: isEmpty ? "the file is empty" : reason)
  }

  /// Closes the stream as well.
  deinit { unsafe pcap_close(capture) }

  var linkType: Int32 { unsafe pcap_datalink(capture) }
  var snapLength: Int { Int(unsafe pcap_snapshot(capture)) }

  /// Reads the next packet into libpcap's buffer. While a pipe gives nothing, `whileWaiting` is called now and then.
  mutating func advance(whileWaiting: () -> Void) -> Step {
    guard let pipe else { return advance() }
    return withoutActuallyEscaping(whileWaiting) { whileWaiting in
      pipe.whileWaiting = whileWaiting
      defer { pipe.whileWaiting = nil }
      return advance()
    }
  }

  private mutating func advance() -> Step {
    switch unsafe pcap_next_ex(capture, &header, &data) {
    case 1: .packet
    case PCAP_ERROR_BREAK: .end
    default:
      switch input?.failure {
      case .stopped: .stopped
      case .damaged(let reason): .failed(reason: reason, isSystemFailure: false)
      case .system(let reason): .failed(reason: reason, isSystemFailure: true)
      case nil: .failed(reason: unsafe String(cString: pcap_geterr(capture)), isSystemFailure: stream.hasFailed)
      }
    }
  }

  /// The packet that `advance` read.
  var packet: CapturedPacket {
    @_lifetime(borrow self)
    get {
      guard let header = unsafe header?.pointee, let data = unsafe data else {
        preconditionFailure("there is a packet only after advance() said so")
      }
      // SAFETY: libpcap holds `caplen` bytes here until the next advance, which this borrow excludes.
      let bytes = unsafe RawSpan(_unsafeStart: data, byteCount: Int(header.caplen))
      // With nanosecond precision libpcap keeps nanoseconds in the field named for microseconds.
      return unsafe _overrideLifetime(
        CapturedPacket(
          bytes: bytes, originalByteCount: Int(header.len),
          timestamp: CaptureTimestamp.nanoseconds(
            seconds: Int64(header.ts.tv_sec), fraction: Int64(header.ts.tv_usec))),
        borrowing: self)
    }
  }
}

/// A capture open for writing.
@safe
struct DumpFile: ~Copyable, @unchecked Sendable {
  // `@unchecked`: owned by this value alone, which one thread uses at a time; libpcap keeps no state per thread.
  private let stream: BufferedStream
  private let capture: OpaquePointer
  private let dumper: OpaquePointer

  init(path: String, linkType: Int32, snapLength: Int) throws(StreamError) {
    let stream =
      path == CaptureWriter.standardOutputPath
      ? try BufferedStream(standardOutput: "wb") : try BufferedStream(path: path, mode: "wbe")
    let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
    guard let capture = unsafe pcap_open_dead_with_tstamp_precision(linkType, Int32(snapLength), precision) else {
      stream.close()
      throw StreamError(code: ENOMEM)
    }
    guard let dumper = unsafe pcap_dump_fopen(capture, stream.file) else {
      // Libpcap has closed the stream: that is what it does when it cannot write the header of the file.
      let code = errno
      unsafe pcap_close(capture)
      throw StreamError(code: code)
    }
    self.stream = stream
    unsafe self.capture = unsafe capture
    unsafe self.dumper = unsafe dumper
  }

  deinit {
    // This closes the stream as well.
    unsafe pcap_dump_close(dumper)
    unsafe pcap_close(capture)
  }

  /// Writes one record, to the buffer or through it.
  mutating func append(_ bytes: RawSpan, timestamp: Int64, originalByteCount: Int) throws(StreamError) {
    let (seconds, fraction) = CaptureTimestamp.fields(of: timestamp)
    var header = pcap_pkthdr()
    // With nanosecond precision libpcap takes nanoseconds in the field named for microseconds.
    header.ts = timeval(tv_sec: Int(seconds), tv_usec: Int(fraction))
    header.caplen = UInt32(bytes.byteCount)
    header.len = UInt32(originalByteCount)
    unsafe bytes.withUnsafeBytes { bytes in
      // SAFETY: pcap_dump takes the dumper as its callback argument, and reads `caplen` bytes.
      unsafe pcap_dump(
        UnsafeMutablePointer(dumper), &header, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    // pcap_dump has no result; the stream remembers.
    if stream.hasFailed { throw StreamError(code: errno) }
  }

  mutating func flush() throws(StreamError) {
    guard unsafe pcap_dump_flush(dumper) == 0 else { throw StreamError(code: errno) }
  }

  /// Flushes and closes.
  ///
  /// A network file system may report a failure only when a descriptor is closed, which libpcap does without looking
  /// at the result; closing a second descriptor of the same file first brings that report to us.
  consuming func close() throws(StreamError) {
    try flush()
    let second = unsafe fcntl(fileno(stream.file), F_DUPFD_CLOEXEC, 0)
    if second >= 0, Glibc.close(second) != 0 { throw StreamError(code: errno) }
  }
}
