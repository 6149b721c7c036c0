internal import Glibc

// The door to what captures are read from: every call that opens, awaits and reads a descriptor is made here.

/// A file, a pipe or a device that is open for reading, or standard input.
///
/// Nothing here blocks for long: who waits for a pipe asks all the while whether it is to go on.
@safe
final class InputFile: ByteSource {
  /// How long one wait for input takes at most, in milliseconds.
  private static let longestWait: Int32 = 50

  private var descriptor: Int32
  /// Whether opening it again begins at its beginning again: not so for a pipe, or what is handed in.
  let canBeReadAgain: Bool
  private let isStopped: @Sendable () -> Bool
  /// Called before the first wait for input, and after each.
  var whileWaiting: (() -> Void)?
  /// What was read to be looked at, and is yet to be given.
  private var ahead: [UInt8] = []

  /// Opens the file of that path, or standard input. A pipe that nobody writes to is open at once, and awaited later.
  init(path: String, isStopped: @escaping @Sendable () -> Bool) throws(CaptureError) {
    let isHandedIn = path == CaptureReader.standardInputPath
    let name = CaptureReader.name(ofPath: path)
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    let opened =
      isHandedIn ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else {
      let error = StreamError(code: errno)
      throw error.code == ENOENT || error.code == ENOTDIR
        ? .notFound(path: name) : .notReadable(path: name, reason: error.reason)
    }
    var status = stat()
    let isKnown = unsafe fstat(opened, &status) == 0
    guard isKnown, status.st_mode & S_IFMT != S_IFDIR else {
      let error = StreamError(code: errno)
      close(opened)
      throw isKnown ? .isDirectory(path: name) : .notReadable(path: name, reason: error.reason)
    }
    descriptor = opened
    canBeReadAgain = !isHandedIn && status.st_mode & S_IFMT == S_IFREG
    self.isStopped = isStopped
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The first bytes, `count` of them if there are so many. Only before anything is read.
  func look(_ count: Int) throws(InputFailure) -> [UInt8] {
    var seen = [UInt8](repeating: 0, count: count)
    var seenCount = 0
    while seenCount < count {
      let readCount = try read(into: &seen, at: seenCount)
      guard readCount > 0 else { break }
      seenCount += readCount
    }
    ahead = Array(seen.prefix(seenCount))
    return ahead
  }

  /// Hands the descriptor over, at its beginning again. Only for what can be read again.
  func takeDescriptor() -> Int32 {
    defer { descriptor = -1 }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }

  @_lifetime(output: copy output)
  func read(into output: inout MutableRawSpan) throws(InputFailure) -> Int {
    guard !ahead.isEmpty else { return try readDescriptor(into: &output) }
    let count = min(ahead.count, output.byteCount)
    for index in 0..<count { output.storeBytes(of: ahead[index], toByteOffset: index, as: UInt8.self) }
    ahead.removeFirst(count)
    return count
  }

  @_lifetime(output: copy output)
  private func readDescriptor(into output: inout MutableRawSpan) throws(InputFailure) -> Int {
    while true {
      if !canBeReadAgain { try awaitInput() }
      let count = unsafe output.withUnsafeMutableBytes { bytes in
        // SAFETY: the system fills in as many bytes as there are, at most.
        unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
      }
      if count >= 0 { return count }
      let error = StreamError(code: errno)
      // Somebody else may have read from the same pipe.
      guard error.code == EAGAIN || error.code == EINTR else { throw .system(reason: error.reason) }
    }
  }

  /// Returns when there is something to read, or the last writer has gone.
  private func awaitInput() throws(InputFailure) {
    var timeout: Int32 = 0
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let readyCount = unsafe poll(&entry, 1, timeout)
      if readyCount > 0 { return }
      let error = StreamError(code: errno)
      guard readyCount == 0 || error.code == EINTR else { throw .system(reason: error.reason) }
      whileWaiting?()
      if isStopped() { throw .stopped }
      timeout = Self.longestWait
    }
  }
}
