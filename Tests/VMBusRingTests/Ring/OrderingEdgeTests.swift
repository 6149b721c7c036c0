import Foundation
import TestSupport
import Testing
import VMBusRing

@Suite("The documentation of the orderings")
struct OrderingEdgeTests {
  @Test("has every edge, and each names one that is there as its partner")
  func table() throws {
    let article = PackageFolders.root.appending(path: "Sources/VMBusRing/VMBusRing.docc/Orderings.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    let relaxed: Set<OrderingEdge> = [.hint]
    let edges = Set(OrderingEdge.allCases).subtracting(relaxed).map { "`\($0)`" }
    #expect(Set(rows.map { $0[0] }) == Set(edges))
    for row in rows {
      let partners = row[3].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(partners.allSatisfy(edges.contains), "\(row[0]) and \(row[3])")
    }
  }
}
