import Foundation
import TestSupport
import Testing

/// The sample program of `Samples/lwip`, built from its sources once for all tests.
struct LwIPStack {
  static let address = "192.0.2.2"
  static let senderPort = 5001

  /// Whether what it is built from is there.
  static let isPossible = Peer.isInstalled("cc") && (try? lwIPFlags()) != nil

  private static let build = Result { try compile() }

  let executable: URL

  init() throws { executable = try Self.build.get() }

  /// The checksum that a file of this size has, as the program makes it.
  func checksum(of size: String) throws -> String {
    try Self.checksum(byShell: "'\(executable.path)' --print \(size)")
  }

  /// What a command of the shell writes, by its SHA-256.
  static func checksum(byShell command: String) throws -> String {
    let output = try Peer("bash").run(["-c", "set -o pipefail; \(command) | sha256sum"])
    guard output.status == 0 else { throw Failure(description: "\(command): \(output.standardError)") }
    return String(output.standardOutput.prefix(64))
  }

  /// What the driver said at the end.
  struct Account {
    let status: Int32
    /// A JSON object for each transfer.
    let transfers: [[String: Any]]
    let counts: [String: Any]
    let errors: String

    subscript(_ name: String) -> Int? { counts[name] as? Int }
  }

  /// Runs the program in a network of its own, on a TAP interface whose other side is the kernel, and `body` beside it.
  func run(_ options: [String], body: @escaping @Sendable () throws -> Void) throws -> Account {
    let executable = executable
    let (status, output, errors) = try TestNetwork.run {
      try TestNetwork.ip("tuntap", "add", "tap0", "mode", "tap")
      try TestNetwork.ip("addr", "add", "192.0.2.1/24", "dev", "tap0")
      try TestNetwork.ip("link", "set", "tap0", "up")
      let program = try RunningProgram(executable, options)
      guard program.hasSpoken() else { throw Failure(description: "the sample did not start: \(program.errors)") }
      try body()
      let status = program.end()
      return (status, program.output, program.errors)
    }
    let objects = try output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    return Account(
      status: status, transfers: objects.compactMap { $0["transfer"] as? [String: Any] },
      counts: objects.last ?? [:], errors: errors)
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static func lwIPFlags() throws -> [String] {
    let output = try Peer("pkg-config").run(["--cflags", "--libs", "lwip"])
    guard output.status == 0 else { throw Failure(description: "liblwip-dev is not installed") }
    return output.standardOutput.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private static let folder = Result { try TemporaryFolder() }

  private static func compile() throws -> URL {
    let sources = PackageFolders.samples.appending(path: "lwip")
    let files = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".c") }.sorted()
    // The library lies beside the program that runs the tests: both are products of one build.
    let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    let header = PackageFolders.root.appending(path: "Sources/CNetVSC/include").path
    let executable = try folder.get().url.appending(path: "stack")
    let output = try Peer("cc").run(
      ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", executable.path]
        + files.map { sources.appending(path: $0).path }
        + ["-I\(header)", "-L\(products)", "-lCNetVSC", "-Wl,-rpath,\(products)"] + lwIPFlags())
    guard output.status == 0 else { throw Failure(description: output.standardError) }
    return executable
  }
}

extension Trait where Self == ConditionTrait {
  /// The test needs lwIP, as Debian packages it, and a C compiler.
  static var lwIP: Self {
    .enabled(if: LwIPStack.isPossible || Peer.areRequired, "no liblwip-dev, or no C compiler")
  }
}
