import Foundation
import TestSupport
import Testing

@Suite("The program netvsc bench engine", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct BenchEngineCommandTests {
  @Test("writes nothing but JSON when asked to, with every figure and ratio")
  func json() throws {
    let outcome = try Program.run(["bench", "engine", "--quick", "--json", "-"])
    #expect(outcome.status == 0)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["schema"] as? String == "netvsc.bench/1")
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.allSatisfy { $0["median"] as? Double ?? 0 > 0 })
    let packets = results.filter { $0["name"] as? String == "engine.packet" }
    let parameters = packets.compactMap { $0["parameters"] as? [String: Any] }
    #expect(
      Set(parameters.compactMap { $0["way"] as? String }) == ["copy", "direct", "direct-parts", "direct-slot", "plain"])
    #expect(Set(parameters.compactMap { $0["queues"] as? Int }) == [1, 2])
    #expect(results.count { $0["name"] as? String == "engine.completions" } == packets.count)
    // A message of its own costs a lent packet more than an eighth of one costs a copied one.
    let instructions = results.filter { $0["name"] as? String == "engine.instructions" }
      .compactMap { $0["median"] as? Double }
    let areCounted = Peer.isInstalled("valgrind") && Peer.isInstalled("strip")
    #expect(instructions.count == (areCounted ? 2 : 0))
    #expect(instructions == instructions.sorted())
    let ratios = try #require(report["ratios"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    let expected = [
      "engine.plain.64", "engine.direct.1514", "engine.header-in-section.64", "engine.queues.2",
      "engine.copy-threshold",
    ]
    #expect(Set(ratios).isSuperset(of: expected))
  }

  @Test("says what it lacks to count them, and measures the rest")
  func withoutValgrind() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      ["PATH=\(folder.url.path)", Program.url.path, "bench", "engine", "--quick"],
      by: URL(filePath: "/usr/bin/env"))
    #expect(outcome.status == 0)
    #expect(outcome.errorLines.contains { $0.contains("valgrind and strip") })
    #expect(!outcome.output.contains("engine.instructions"))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("engine.packet: copy, bytes 64, batch 32, queues 1 ") })
    // Eight packets share a message, and none does in the plain way.
    for (way, completions) in [("copy", " 0.125 "), ("plain", " 1.000 ")] {
      let line = lines.first { $0.hasPrefix("engine.completions: \(way), bytes 64, batch 32, queues 1 ") }
      #expect(line?.contains(completions) == true)
    }
  }

  @Test(
    "refuses a way that it does not know", arguments: [["counts", "fly/64/32/1"], ["packets", "64", "copy/1/1/1"]])
  func nonsense(arguments: [String]) throws {
    #expect(try Program.run(["bench"] + arguments).status == 64)
  }
}
