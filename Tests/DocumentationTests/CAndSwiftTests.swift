import Foundation
import TestSupport
import Testing

/// The page "C and Swift" has what one can do beside what the other can: nothing is in neither.
@Suite("The table of C and Swift", .peer("swift-symbolgraph-extract"))
struct CAndSwiftTests {
  /// The names of each row.
  private let rows: [(c: [String], swift: [String])]
  /// What only one of them has.
  private let exceptions: [String]
  private let header: CHeader
  private let swiftNames: Set<String>

  init() throws {
    header = try CHeader(contentsOf: PackageFolders.root.appending(path: "Sources/CNetVSC/include/netvsc.h"))
    swiftNames = try Set(
      SymbolGraph.publicModules.flatMap { module in
        try SymbolGraph(ofModule: module).symbols.map { $0.path.joined(separator: ".") }
      })
    let page = try String(
      contentsOf: PackageFolders.root.appending(path: "Sources/NetVSC/NetVSC.docc/CAndSwift.md"), encoding: .utf8)
    let parts = page.split(separator: "## What only one of them has")
    try #require(parts.count == 2)
    rows = parts[0].split(separator: "\n## ").dropFirst(2).flatMap(Self.cells(in:)).map {
      (Self.names(in: $0[0]), Self.names(in: $0[1]))
    }
    exceptions = Self.cells(in: parts[1]).flatMap { Self.names(in: $0[0]) }
  }

  /// The first two cells of each row of tables that have them.
  private static func cells(in text: Substring) -> [[Substring]] {
    text.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") && $0.contains("`") }
      .map { $0.split(separator: " | ", maxSplits: 1) }
  }

  /// The names in a cell, links and code alike: without slashes, without what tells overloads apart, and with the
  /// structure of a field that leaves it out.
  private static func names(in cell: Substring) -> [String] {
    var structure: Substring = ""
    return cell.matches(of: #/``?([^`]+)``?/#).map { match in
      let name = match.output.1
      if name.hasPrefix(".") { return "\(structure)\(name)" }
      structure = name.prefix { $0 != "." }
      let overload = name.firstRange(of: ")-(").map { "\(name[..<$0.lowerBound]))" } ?? String(name)
      return overload.replacing("/", with: ".")
    }
  }

  @Test("has each name of the header")
  func headerIsThere() {
    #expect(header.functions.count > 40)
    let named = Set(rows.flatMap(\.c) + exceptions)
    // What the header uses itself is no name of an interface.
    let own: Set = ["NETVSC_H", "NETVSC_MUST_CHECK"]
    for name in header.names.subtracting(own).subtracting(named).sorted() {
      Issue.record("\(name) is in the header, and has no row")
    }
  }

  @Test("has each public declaration of the libraries for Swift")
  func swiftIsThere() {
    #expect(swiftNames.count > 200)
    let named = Set(rows.flatMap(\.swift) + exceptions)
    for name in swiftNames.subtracting(named).sorted() { Issue.record("\(name) is public, and has no row") }
  }

  @Test("names nothing that is not there, and has both sides in each row")
  func namesExist() {
    for row in rows {
      #expect(!row.c.isEmpty && !row.swift.isEmpty, "\(row.c) \(row.swift)")
      for name in row.c { #expect(header.names.contains(name), "no \(name) in the header") }
      for name in row.swift { #expect(swiftNames.contains(name), "no \(name) in Swift") }
    }
    for name in exceptions { #expect(header.names.contains(name) || swiftNames.contains(name), "no \(name)") }
  }
}
