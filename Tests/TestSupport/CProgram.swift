package import Foundation
package import Testing

/// A program in C that uses the engine, compiled as others would, but for where the library is.
package struct CProgram: Sendable {
  /// Where netvsc.h is.
  package static let headerFolder = PackageFolders.root.appending(path: "Sources/CNetVSC/include")

  /// The library lies beside the program that runs the tests: both are products of one build.
  package static let library = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "libCNetVSC.so")

  package static let isPossible =
    Peer.isInstalled("cc") && FileManager.default.fileExists(atPath: library.path)

  package struct CompilerComplaint: Error, CustomStringConvertible { package let description: String }

  private let folder: TemporaryFolder

  /// Compiles it from files. Throws a `CompilerComplaint`, also for a warning.
  package init(_ files: [URL], flags: [String] = []) throws {
    folder = try TemporaryFolder()
    let library = Self.library.deletingLastPathComponent().path
    let output = try Peer("cc").run(
      ["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-O1"] + flags + ["-I", Self.headerFolder.path]
        + files.map(\.path)
        + ["-L", library, "-lCNetVSC", "-Wl,-rpath,\(library)", "-lpthread", "-o", folder.path("program")])
    guard output.status == 0 else { throw CompilerComplaint(description: output.standardError) }
  }

  /// Runs it without an environment, but for these variables.
  package func run(_ arguments: [String] = [], environment: [String] = []) throws -> Peer.Output {
    try Peer("env").run(["-i"] + environment + [folder.path("program")] + arguments)
  }
}

extension Trait where Self == ConditionTrait {
  /// The test needs a compiler of C, and the library.
  package static var cLibrary: Self {
    .enabled(if: CProgram.isPossible || Peer.areRequired, "no 'cc', or libCNetVSC.so is not built beside the tests")
  }
}
