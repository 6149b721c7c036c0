internal import Foundation
package import Testing

/// A program of others, whose word counts beside ours: found in `PATH`, run to its end.
///
/// A test that needs one says so with `.peer("tshark")`. Where the program is not installed the test is skipped, unless
/// `NETVSC_REQUIRE_PEERS=1` asks that it fail.
package struct Peer: Sendable {
  package struct Output: Sendable {
    package let status: Int32
    package let standardOutput: String
    package let standardError: String

    /// The lines of the standard output, without a last empty one.
    package var lines: [Substring] {
      standardOutput.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
  }

  package struct NotInstalled: Error, CustomStringConvertible {
    package let name: String
    package var description: String { "\(name) is not installed; install it or unset NETVSC_REQUIRE_PEERS" }
  }

  private let executable: URL

  /// Throws `NotInstalled`.
  package init(_ name: String) throws {
    guard let executable = Self.find(name) else { throw NotInstalled(name: name) }
    self.executable = executable
  }

  /// Runs the program and waits for it.
  package func run(_ arguments: [String]) throws -> Output {
    // Files, not pipes: a pipe that nobody empties stops the program.
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.write([], to: "output")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.write([], to: "error")))
    try process.run()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus,
      standardOutput: String(decoding: try Data(contentsOf: folder.url.appending(path: "output")), as: UTF8.self),
      standardError: String(decoding: try Data(contentsOf: folder.url.appending(path: "error")), as: UTF8.self))
  }

  package static func isInstalled(_ name: String) -> Bool { find(name) != nil }

  package static var areRequired: Bool { ProcessInfo.processInfo.environment["NETVSC_REQUIRE_PEERS"] == "1" }

  private static func find(_ name: String) -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    // Programs for administrators are where the path of others does not lead.
    return (folders + ["/usr/sbin", "/sbin"]).lazy.map { URL(filePath: "\($0)/\(name)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}

extension Trait where Self == ConditionTrait {
  /// The test needs this program.
  package static func peer(_ name: String) -> Self {
    .enabled(if: Peer.isInstalled(name) || Peer.areRequired, "\(name) is not installed")
  }
}
