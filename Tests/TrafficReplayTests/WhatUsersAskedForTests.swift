import Foundation
import TestSupport
import Testing

@Suite("The page of what users asked for")
struct WhatUsersAskedForTests {
  private struct Row {
    let number: Int
    let evidence: Substring
  }

  private let rows: [Row]

  init() throws {
    let page = PackageFolders.root.appending(path: "Sources/TrafficReplay/TrafficReplay.docc/WhatUsersAskedFor.md")
    rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(while: \.isWhitespace) }
      guard cells.count >= 4, let number = Int(cells[0].prefix(while: \.isNumber)) else { return nil }
      return Row(number: number, evidence: cells[3])
    }
  }

  @Test("has a row for each of 25 asks, in their order")
  func complete() { #expect(rows.map(\.number) == Array(1...25)) }

  @Test("names tests that are there, and but for speed one or more for each")
  func evidence() throws {
    let sources = try Self.testSources()
    for row in rows {
      let names = row.evidence.matches(of: #/`(\w+)(?:\.(\w+))?`/#).map { ($0.output.1, $0.output.2) }
      #expect(!names.isEmpty || row.number == 15, "row \(row.number) has no test")
      for (suite, function) in names {
        let source = sources.first { $0.contains("struct \(suite) ") }
        #expect(source != nil, "row \(row.number): there is no suite \(suite)")
        if let function { #expect(source?.contains("func \(function)(") == true, "row \(row.number): no \(function)") }
      }
    }
  }

  private static func testSources() throws -> [String] {
    let folder = PackageFolders.root.appending(path: "Tests")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }
  }
}
