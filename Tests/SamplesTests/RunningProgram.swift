import Foundation
import TestSupport

/// A program that runs beside a test, until it is told to end.
final class RunningProgram {
  private let process = Process()
  private let folder: TemporaryFolder

  /// Starts it where the calling thread is: in its network, if it has one of its own.
  init(_ executable: URL, _ arguments: [String]) throws {
    folder = try TemporaryFolder()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.write([], to: "output")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.write([], to: "error")))
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var output: String { text(of: "output") }
  var errors: String { text(of: "error") }

  private func text(of name: String) -> String {
    (try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)) ?? ""
  }

  /// Waits until it has said something on its standard error. Returns whether it has, and runs.
  func hasSpoken(within patience: TimeInterval = 10) -> Bool {
    let end = Date.now + patience
    while errors.isEmpty, process.isRunning, Date.now < end { Thread.sleep(forTimeInterval: 0.01) }
    return !errors.isEmpty && process.isRunning
  }

  /// Has it end in order, and waits for that, but not for ever. Returns its status.
  func end(within patience: TimeInterval = 20) -> Int32 {
    process.terminate()
    let end = Date.now + patience
    while process.isRunning, Date.now < end { Thread.sleep(forTimeInterval: 0.01) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
