import Foundation
import TestSupport
import Testing

/// `.ci/snippets` compiles the blocks that it finds. This is about what it finds.
@Suite("The documentation's code")
struct SnippetsTests {
  private struct Page {
    let path: String
    let lines: [Substring]
    var isProse: Bool { path.hasSuffix(".md") }

    /// A line's text, without what makes it a comment; nil where it is not one.
    func text(_ line: Substring) -> Substring? {
      guard !isProse else { return line }
      let trimmed = line.drop(while: \.isWhitespace)
      return trimmed.hasPrefix("///") ? trimmed.dropFirst(3) : nil
    }
  }

  private let pages: [Page]

  init() throws {
    var pages: [Page] = []
    for folder in ["README.md", "Samples", "Sources"] {
      let url = PackageFolders.root.appending(path: folder)
      let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
      for file in files.isEmpty ? [url] : files where ["md", "swift"].contains(file.pathExtension) {
        let path = file.path.replacing("\(PackageFolders.root.path)/", with: "")
        guard !path.contains("/.build") else { continue }
        let text = try String(contentsOf: file, encoding: .utf8)
        pages.append(Page(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
      }
    }
    self.pages = pages
  }

  @Test("is found by what compiles it, each block")
  func found() throws {
    let outcome = try Peer("bash").run([PackageFolders.root.appending(path: ".ci/snippets").path, "list"])
    #expect(outcome.status == 0, "\(outcome.standardError)")
    let fences = pages.flatMap { page in
      page.lines.indices.filter { page.text(page.lines[$0])?.drop(while: \.isWhitespace).hasPrefix("```") == true }
        .map { "\(page.path):\($0 + 1)" }
    }
    // Every second one ends a block. All pages have an even number, or the tool would have complained.
    let blocks = stride(from: 0, to: fences.count, by: 2).map { fences[$0] }
    #expect(outcome.lines.map { $0.prefix { $0 != " " } }.sorted() == blocks.sorted().map { $0[...] })
    #expect(outcome.lines.count { $0.hasSuffix(" swift") } > 20)
  }

  @Test("says what language it is in, so that none escapes the compilers")
  func named() {
    for page in pages where page.isProse {
      var language: Substring?
      for (index, line) in page.lines.enumerated() {
        if line.drop(while: \.isWhitespace).hasPrefix("```") {
          language = language == nil ? line.drop(while: \.isWhitespace).dropFirst(3) : nil
          if let language {
            #expect(["", "swift", "c", "sh", "json"].contains(language), "\(page.path):\(index + 1)")
          }
        } else if language != "swift", language != "c", language != nil || line.hasPrefix("    ") {
          #expect(
            line.firstMatch(of: #/^\s*(import |let |var |func |try |guard |#include )|\bnetvsc_\w+\(/#) == nil,
            "\(page.path):\(index + 1) is code, and not said to be")
        }
      }
    }
  }

  @Test(
    "compiles and runs in a package that depends on this one, as does the sample of one",
    .enabled(if: LongTests.areWanted, "it builds the libraries anew, as .ci/run does: NETVSC_LONG_TESTS=1"))
  func compiled() throws {
    let outcome = try Peer("bash").run([PackageFolders.root.appending(path: ".ci/snippets").path])
    #expect(outcome.status == 0, "\(outcome.standardOutput)\(outcome.standardError)")
  }
}
