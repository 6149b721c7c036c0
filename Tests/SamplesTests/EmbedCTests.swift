import Foundation
import TestSupport
import Testing

/// The sample, compiled as its page says, but for where the library is: beside the program that runs the tests.
@Suite("The sample in C", .peer("cc"))
struct EmbedCTests {
  private static let library = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  @Test(
    "sends what it says",
    .enabled(
      if: FileManager.default.fileExists(atPath: library.appending(path: "libCNetVSC.so").path) || Peer.areRequired,
      "libCNetVSC.so is not built beside the tests"))
  func sends() throws {
    let folder = try TemporaryFolder()
    let library = Self.library.path
    let compiled = try Peer("cc").run([
      "-O2", "-Wall", "-Wextra", "-Werror", PackageFolders.samples.appending(path: "embed-c/embed.c").path,
      "-I", PackageFolders.root.appending(path: "Sources/CNetVSC/include").path,
      "-L", library, "-lCNetVSC", "-Wl,-rpath,\(library)", "-lpthread", "-o", folder.path("embed"),
    ])
    try #require(compiled.status == 0, "\(compiled.standardError)")
    let output = try Peer("env").run(["-i", folder.path("embed")])
    #expect(output.status == 0, "\(output.standardError)")
    // Both senders and the host, as the page shows them.
    let page = try String(contentsOf: PackageFolders.samples.appending(path: "embed-c/README.md"), encoding: .utf8)
    #expect(output.lines.count == 3)
    for line in output.lines { #expect(page.contains("\n\(line)\n"), "\(line)") }
  }
}
