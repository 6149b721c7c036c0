import Foundation
import Testing

@Suite("netvsc replay --report", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct ReportTests {
  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  @Test("writes a page beside the table and the JSON")
  func file() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 64, 1514])
    let page = folder.path("a.html")
    let outcome = try Program.run(["replay", capture, "--report", page, "--json", folder.path("a.json")])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("Ledger"))
    #expect(try text(page).contains("✓ All 3 packets completed"))
    #expect(try folder.json("a.json")["exit_code"] as? Int == 0)
  }

  @Test("writes a page whatever the outcome, and nothing else to standard output when it goes there")
  func whatever() throws {
    let folder = try Folder()
    for (capture, status) in [(try folder.capture(frameSizes: [60, 13]), 1), (folder.path("missing"), 66)] {
      let outcome = try Program.run(["replay", capture, "--report", "-"])
      #expect(outcome.status == status)
      #expect(outcome.output.hasPrefix("<!DOCTYPE html>") && outcome.output.hasSuffix("</html>\n"))
      #expect(outcome.output.contains("Exit code \(status):"))
    }
  }

  @Test("ends with 74 when the page cannot be written", arguments: ["/dev/full", "/nonexistent/x.html"])
  func unwritable(destination: String) throws {
    let folder = try Folder()
    let outcome = try Program.run(["replay", try folder.capture(frameSizes: [60]), "--report", destination, "--quiet"])
    #expect(outcome.status == 74)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(destination))
  }

  @Test(
    "refuses to write over what is read, or to where something else goes",
    arguments: [
      ["--report", "frames.pcap"], ["--report", "new", "--json", "new"], ["--report", "new", "--sink", "pcap:new"],
      ["--report", "-", "--json", "-"], ["--report", "-", "--sink", "pcap:-"],
    ])
  func clash(arguments: [String]) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let before = try Data(contentsOf: URL(fileURLWithPath: capture))
    let placed = arguments.map { word in
      word.hasPrefix("-") || word.hasSuffix("-")
        ? word
        : word.hasPrefix("pcap:") ? "pcap:" + folder.path(String(word.dropFirst(5))) : folder.path(word)
    }
    let outcome = try Program.run(["replay", capture] + placed)
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: capture)) == before)
  }
}
