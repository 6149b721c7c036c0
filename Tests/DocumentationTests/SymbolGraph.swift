import Foundation
import TestSupport

/// What a module of this package declares in public, as the compiler tells it to the tools that make documentation.
struct SymbolGraph: Sendable {
  /// The modules that are for others to use, and those whose few public declarations they hand on.
  static let publicModules = ["NetVSC", "NetVSP", "HostSocket", "VirtualSwitch", "VMBusRing", "SharedMemory"]

  struct Symbol: Sendable {
    /// The names from the module down, such as `["Sender", "send(_:)"]`.
    let path: [String]
    let isDocumented: Bool
  }

  let symbols: [Symbol]

  /// By module. The compiler is asked once, however many tests want to know.
  private static let graphs = Result {
    try Dictionary(uniqueKeysWithValues: publicModules.map { ($0, try SymbolGraph(extractedFrom: $0)) })
  }

  /// That of one of the public modules.
  init(ofModule module: String) throws {
    guard let graph = try Self.graphs.get()[module] else { throw Failure(module: module, reason: "it is not public") }
    self = graph
  }

  /// Asks the compiler about a module of the build that the tests are of.
  private init(extractedFrom module: String) throws {
    let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let folder = try TemporaryFolder()
    let outcome = try Peer("swift-symbolgraph-extract").run([
      "-module-name", module, "-I", build.appending(path: "Modules").path, "-target", Self.target,
      "-Xcc", "-fmodule-map-file=\(PackageFolders.root.path)/Sources/CPlatform/module.modulemap",
      "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", folder.url.path,
    ])
    guard outcome.status == 0 else { throw Failure(module: module, reason: outcome.standardError) }
    // One file for the module's own declarations, and one for each module that it extends.
    let files = try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
    symbols = try files.filter { $0.lastPathComponent.hasSuffix(".symbols.json") }.flatMap { file in
      try JSONDecoder().decode(File.self, from: try Data(contentsOf: file)).symbols.map { symbol in
        Symbol(path: symbol.pathComponents, isDocumented: symbol.docComment != nil)
      }
    }
  }

  #if arch(arm64)
    private static let target = "aarch64-unknown-linux-gnu"
  #else
    private static let target = "x86_64-unknown-linux-gnu"
  #endif

  struct Failure: Error, CustomStringConvertible {
    let module: String
    let reason: String
    var description: String { "no symbol graph of \(module): \(reason)" }
  }

  /// As much of the tool's format as is looked at.
  private struct File: Decodable {
    let symbols: [Symbol]

    struct Symbol: Decodable {
      let pathComponents: [String]
      let docComment: DocComment?
    }
    struct DocComment: Decodable {}
  }
}
