internal import Glibc

/// An output that could not be opened or written. Its description says which, and why.
struct OutputError: Error, Equatable, CustomStringConvertible {
  let description: String

  /// `code` is the value of `errno` right after the call that failed.
  init(_ name: String, code: Int32) {
    // SAFETY: strerror returns a terminated string; it is copied at once.
    description = "cannot write \(name): \(unsafe String(cString: strerror(code)))"
  }
}

/// A file or a standard stream that is written to: the door to the system's descriptors.
struct OutputFile: Sendable {
  static let standardOutput = OutputFile(descriptor: STDOUT_FILENO, name: "standard output")
  static let standardError = OutputFile(descriptor: STDERR_FILENO, name: "standard error")

  private let descriptor: Int32
  private let name: String

  private init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Creates the file, or empties it.
  init(creating path: String) throws(OutputError) { try self.init(path, O_TRUNC) }

  /// Opens the file as it is, or creates it.
  init(opening path: String) throws(OutputError) { try self.init(path, 0) }

  private init(_ path: String, _ flag: Int32) throws(OutputError) {
    // SAFETY: the path is passed as a terminated string that lives as long as the call.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o666)
    guard descriptor >= 0 else { throw OutputError(path, code: errno) }
    self.init(descriptor: descriptor, name: path)
  }

  /// Takes all out of it. What holds nothing, such as a pipe, stays as it is.
  func empty() { _ = ftruncate(descriptor, 0) }

  /// Writes all of the text.
  func write(_ text: String) throws(OutputError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the buffer is valid during the call, and its own count is passed.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw OutputError(name, code: errno)
      }
    }
  }

  /// Closes it. Some file systems tell only here that a write failed.
  func close() throws(OutputError) {
    guard Glibc.close(descriptor) == 0 else { throw OutputError(name, code: errno) }
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The width of the terminal in characters; nil when it is none, or does not say.
  var columns: Int? {
    // SAFETY: TIOCGWINSZ fills a winsize, which is what it is given.
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

/// Which file a path leads to.
enum FileIdentity {
  /// Whether writing to one path would destroy what is at the other: the same regular file, or one yet to be made.
  static func same(_ first: String, _ second: String) -> Bool {
    guard let firstStatus = status(first), let secondStatus = status(second) else {
      return status(first) == nil && status(second) == nil && wouldBeSame(first, second)
    }
    return firstStatus.st_mode & S_IFMT == S_IFREG && firstStatus.st_dev == secondStatus.st_dev
      && firstStatus.st_ino == secondStatus.st_ino
  }

  /// Whether two paths that lead nowhere yet would make the same file: one name in one folder.
  private static func wouldBeSame(_ first: String, _ second: String) -> Bool {
    let (one, other) = (split(first), split(second))
    guard one.name == other.name, let folder = status(one.folder), let otherFolder = status(other.folder) else {
      return first == second
    }
    return folder.st_dev == otherFolder.st_dev && folder.st_ino == otherFolder.st_ino
  }

  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    return (String(path[...slash]), path[path.index(after: slash)...])
  }

  /// Nil for a path that leads nowhere.
  private static func status(_ path: String) -> stat? {
    // SAFETY: the call fills the status that it is given, and keeps neither pointer.
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }
}
