internal import Foundation

/// A program of others, found in `PATH` or where programs for administrators are.
struct OtherProgram {
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  private let url: URL

  /// Nil where it is not installed.
  init?(_ name: String) {
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    let places = (folders + ["/usr/sbin", "/sbin"]).lazy.map { URL(filePath: "\($0)/\(name)") }
    guard let url = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else { return nil }
    self.url = url
  }

  var path: String { url.path }
  var name: String { url.lastPathComponent }

  /// Runs it to its end.
  func run(_ arguments: [String]) throws -> Outcome {
    let running = try start(arguments)
    running.wait()
    return try running.outcome()
  }

  /// Begins to run it, with `variables` in its environment beside ours. It does not outlive what is returned.
  func start(_ arguments: [String], variables: [String: String] = [:]) throws -> RunningProgram {
    try RunningProgram(url, arguments, variables)
  }
}

/// A program of others that was started.
final class RunningProgram {
  private let folder: TemporaryFolder
  private let process = Process()

  fileprivate init(_ url: URL, _ arguments: [String], _ variables: [String: String]) throws {
    folder = try TemporaryFolder()
    process.executableURL = url
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a pipe that nobody empties stops the program.
    process.standardOutput = try file("output")
    process.standardError = try file("errors")
    try process.run()
  }

  deinit {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func file(_ name: String) throws -> FileHandle {
    let url = folder.url.appending(path: name)
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.url.appending(path: name)), as: UTF8.self)
  }

  var isRunning: Bool { process.isRunning }

  /// What it has written to standard output so far.
  func outputSoFar() throws -> String { try text("output") }

  func wait() { process.waitUntilExit() }

  /// Asks it to end, as Ctrl-C does, and waits until it has.
  func interrupt() {
    process.interrupt()
    wait()
  }

  /// What became of it, once it has ended.
  func outcome() throws -> OtherProgram.Outcome {
    OtherProgram.Outcome(status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
  }
}

/// A folder that is removed with all that is in it when the last reference goes.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "netvsc-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
