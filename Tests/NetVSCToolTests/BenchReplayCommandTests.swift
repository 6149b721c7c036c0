import Foundation
import TestSupport
import Testing

@Suite("The program netvsc bench replay", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct BenchReplayCommandTests {
  @Test("measures replays beside the copy limit")
  func json() throws {
    let outcome = try Program.run(["bench", "replay", PackageFolders.firstRun, "--quick", "--json", "-"])
    #expect(outcome.status == 0)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["schema"] as? String == "netvsc.bench/1")
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(
      results.compactMap { $0["name"] as? String }
        == ["copy-limit", "copy-limit.2-threads", "replay", "replay", "replay"])
    #expect(results.allSatisfy { $0["median"] as? Double ?? 0 > 0 })
    let ratios = try #require(report["ratios"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(ratios == ["replay.inline.1", "replay.threads.1", "replay.inline.scaling", "copy-limit.scaling"])
  }

  @Test("says which peers are left out, and measures the rest")
  func withoutPeers() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run(
      ["PATH=\(folder.url.path)", Program.url.path, "bench", "replay", PackageFolders.firstRun, "--quick", "--peers"],
      by: URL(filePath: "/usr/bin/env"))
    #expect(outcome.status == 0)
    #expect(outcome.errorLines.contains { $0.contains("left out: tcpreplay") })
    #expect(outcome.errorLines.contains { $0.contains("left out: dpdk-testpmd") })
    #expect(outcome.output.contains("copy-limit"))
  }

  @Test("says which capture cannot be measured", arguments: [("missing.pcap", 66), ("Package.swift", 65)])
  func unusable(name: String, status: Int32) throws {
    let path = PackageFolders.root.appending(path: name).path
    let outcome = try Program.run(["bench", "replay", path, "--quick"])
    #expect(outcome.status == status)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.filter { $0.contains(name) }.count == 1)
  }
}
