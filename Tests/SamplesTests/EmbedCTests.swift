import Foundation
import TestSupport
import Testing

@Suite("The sample in C", .cLibrary)
struct EmbedCTests {
  private let folder = PackageFolders.samples.appending(path: "embed-c")

  @Test("prints what its page shows")
  func sends() throws {
    let output = try CProgram([folder.appending(path: "embed.c")]).run()
    #expect(output.status == 0, "\(output.standardError)")
    let page = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
    #expect(output.lines.count == 3)
    for line in output.lines { #expect(page.contains("\n\(line)\n"), "\(line)") }
  }
}
