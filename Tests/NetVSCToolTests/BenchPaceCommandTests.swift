import Foundation
import TestSupport
import Testing

@Suite("The program netvsc bench pace", .ownNetwork, .enabled(if: Program.isBuilt, "netvsc is not built"))
struct BenchPaceCommandTests {
  @Test("measures our pace beside that of the loop, and loses nothing")
  func json() throws {
    let outcome = try Program.run(["bench", "pace", "--quick", "--json", "-"])
    #expect(outcome.status == 0)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.contains { $0["peer"] as? String == "spinning-c" })
    let missing = results.filter { ["pace.missing", "pace.stray"].contains($0["name"] as? String) }
    #expect(missing.count >= 12)
    #expect(missing.allSatisfy { $0["max"] as? Double == 0 })
    let ratios = try #require(report["ratios"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(["pace.1000.gap-error", "pace.100000.rate"].allSatisfy(ratios.contains))
  }
}
