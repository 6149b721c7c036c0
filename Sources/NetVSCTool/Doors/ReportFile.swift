internal import Glibc

/// What is written once, at the end of long work: made sure of before, and not touched until then.
///
/// A program that is killed meanwhile leaves what was there before, or nothing. Links, permissions, devices and pipes are
/// what they are to any program that writes a file.
struct ReportFile: Sendable {
  private enum Place {
    case stream(OutputFile)
    /// What the path led to before.
    case existing(OutputFile)
    case new(path: String)
  }

  static let standardOutput = ReportFile(place: .stream(.standardOutput))

  private let place: Place

  private init(place: Place) { self.place = place }

  /// Throws when no such file could be written.
  init(_ path: String) throws(OutputError) {
    self.init(place: Self.canBeMade(path) ? .new(path: path) : .existing(try OutputFile(opening: path)))
  }

  /// Writes the file, in the place of what it held, and closes it.
  func write(_ text: String) throws(OutputError) {
    let file: OutputFile
    switch place {
    case .stream(let stream): file = stream
    case .existing(let opened):
      file = opened
      file.empty()
    case .new(let path): file = try OutputFile(creating: path)
    }
    try file.write(text)
    try file.close()
  }

  /// Whether there is nothing of the name, and a file of the name can be made. It is gone again.
  private static func canBeMade(_ path: String) -> Bool {
    // SAFETY: the path is passed as a terminated string that lives as long as each call.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    unsafe unlink(path)
    return true
  }
}
