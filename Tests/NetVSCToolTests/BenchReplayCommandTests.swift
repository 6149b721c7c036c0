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

  @Test(
    "lets tcpreplay send the same capture, in a network that is gone afterwards",
    .enabled(if: Peer.isInstalled("tcpreplay") && Peer.isInstalled("ip") && geteuid() == 0, "needs tcpreplay and root"))
  func tcpreplay() throws {
    // The other peer takes its time, and is not found here.
    let folder = try TemporaryFolder()
    for name in ["tcpreplay", "ip"] {
      let place = try #require(
        ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { "\($0)/\(name)" }
          .first { FileManager.default.isExecutableFile(atPath: $0) })
      try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: place)
    }
    var identifier: Int32 = 0
    let outcome = try Program.run(
      ["PATH=\(folder.url.path)", Program.url.path, "bench", "replay", PackageFolders.firstRun, "--quick", "--peers"],
      by: URL(filePath: "/usr/bin/env")
    ) { identifier = $0.processIdentifier }
    #expect(outcome.status == 0)
    // Where no network can be made, it says so.
    let isRefused = outcome.errorLines.contains { $0.contains("tcpreplay to veth: 'ip ") }
    #expect(isRefused != outcome.output.contains("replay: tcpreplay, to veth "))
    #expect(isRefused != outcome.output.contains("replay.inline.1.tcpreplay.veth "))
    #expect(!(try Peer("ip").run(["netns", "list"]).standardOutput.contains("netvsc-bench-\(identifier)")))
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
