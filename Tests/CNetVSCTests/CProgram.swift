import Foundation
import TestSupport

/// A program in C that uses the engine, compiled as others would, but for where the library is.
struct CProgram {
  static let tests = PackageFolders.root.appending(path: "Tests/CNetVSCTests/C")
  static let header = PackageFolders.root.appending(path: "Sources/CNetVSC/include/netvsc.h")

  /// The library lies beside the program that runs the tests: both are products of one build.
  static let libraryFolder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  static let isPossible =
    Peer.isInstalled("cc") && FileManager.default.fileExists(atPath: libraryFolder.appending(path: "libCNetVSC.so").path)

  struct CompilerComplaint: Error, CustomStringConvertible { let description: String }

  private let folder: TemporaryFolder

  /// Compiles it from files.
  init(_ files: [URL], flags: [String] = []) throws {
    folder = try TemporaryFolder()
    let library = Self.libraryFolder.path
    let output = try Peer("cc").run(
      ["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-O1"] + flags
        + ["-I", Self.header.deletingLastPathComponent().path] + files.map(\.path)
        + ["-L", library, "-lCNetVSC", "-Wl,-rpath,\(library)", "-lpthread", "-o", folder.path("program")])
    guard output.status == 0 else { throw CompilerComplaint(description: output.standardError) }
  }

  /// The tests in C, one program.
  static func tests(flags: [String]) throws -> CProgram { try CProgram(sources(), flags: flags) }

  static func sources() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: tests, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "c" }
  }

  /// Runs it without an environment, but for these variables.
  func run(_ arguments: [String] = [], environment: [String] = []) throws -> Peer.Output {
    try Peer("env").run(["-i"] + environment + [folder.path("program")] + arguments)
  }
}
