internal import Foundation
internal import TrafficReplay

/// What the program knows of the person in front of it.
enum Console {
  /// One line on standard error. With nobody there to read it, the exit code still tells.
  static func report(_ problem: String) { try? OutputFile.standardError.write(line(problem) + "\n") }

  /// A line that tells which program speaks.
  static func line(_ text: String) -> String { "netvsc: \(text)" }

  /// Whether text on `file` may have colours: on a terminal that knows them, unless NO_COLOR asks for none.
  static func colours(on file: OutputFile) -> Bool {
    file.isTerminal && !terminalIsDumb && environment("NO_COLOR").isEmpty
  }

  static var terminalIsDumb: Bool { environment("TERM") == "dumb" }

  /// The width of the terminal: what it says itself, or else COLUMNS.
  static func columns(of file: OutputFile) -> Int? {
    file.columns ?? Int(environment("COLUMNS")).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func environment(_ name: String) -> String { ProcessInfo.processInfo.environment[name] ?? "" }
}
