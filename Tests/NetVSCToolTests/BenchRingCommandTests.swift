import Foundation
import Testing

@Suite("The program netvsc bench ring", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct BenchRingCommandTests {
  #if DPDK
    private static let hasPeer = true
  #else
    private static let hasPeer = false
  #endif

  @Test("writes nothing but JSON when asked to, with every figure and ratio")
  func json() throws {
    let outcome = try Program.run(["bench", "ring", "--quick", "--json", "-"])
    #expect(outcome.status == 0)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["schema"] as? String == "netvsc.bench/1")
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.allSatisfy { $0["median"] as? Double ?? -1 >= 0 })
    let names = Set(results.compactMap { $0["name"] as? String })
    #expect(names.isSuperset(of: ["ring.write", "ring.cross", "round_trip", "ring.latency.within_2us"]))
    #expect(results.contains { $0["peer"] as? String == "dpdk" } == Self.hasPeer)
    // The ordered writers ran in a process of their own, through this one's memory.
    let read = results.compactMap { ($0["parameters"] as? [String: Any])?["read"] as? Int }
    #expect(read.count == (Self.hasPeer ? 2 : 1))
    let ratios = try #require(report["ratios"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    let compared = ["ring.write.exclusive", "ring.write.cooperative", "ring.write.exclusive.bulk32", "ring.cross.1"]
    #expect(Set(ratios).isSuperset(of: compared) == Self.hasPeer)
    #expect(Set(ratios).isSuperset(of: ["ring.scaling.4", "ring.cooperation.4", "ring.latency.within_2us"]))
  }

  @Test("prints a table, and says when its figures have no peer")
  func table() throws {
    let outcome = try Program.run(["bench", "ring", "--quick"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("ring.write: exclusive, batch 1 "))
    #expect(outcome.output.contains("ns/message"))
    #expect(outcome.errorLines.contains { $0.contains("--traits DPDK") } != Self.hasPeer)
  }

  @Test("reports a file that cannot be written before it measures")
  func unwritable() throws {
    let outcome = try Program.run(["bench", "ring", "--quick", "--json", "/nowhere/figures.json"])
    #expect(outcome.status == 74)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.filter { $0.contains("/nowhere/figures.json") }.count == 1)
  }
}
