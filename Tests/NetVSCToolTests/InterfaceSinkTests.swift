import Foundation
import TestSupport
import Testing

@Suite("The program netvsc with an interface for a sink", .enabled(if: Program.isBuilt, "netvsc is not built"))
struct InterfaceSinkTests {
  private let sample = PackageFolders.firstRun

  @Test("sends to it, and says so in its report", .ownNetwork)
  func sends() throws {
    let folder = try TemporaryFolder()
    let json = folder.path("a.json")
    let outcome = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      return try Program.run(["replay", sample, "--sink", "interface:near", "--json", json])
    }
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let report = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: json))) as? [String: Any]
    #expect(report?["sink"] as? String == "interface:near")
    #expect((report?["host"] as? [String: Any])?["sink_waits"] as? Int == 0)
    #expect((report?["completed"] as? [String: Any])?["packets"] as? Int == 2000)
  }

  @Test("names what is wrong with the interface in one line", .ownNetwork)
  func unusable() throws {
    let outcomes = try TestNetwork.run {
      try TestNetwork.makePair("near", "far")
      try TestNetwork.ip("link", "set", "near", "down")
      return try ["interface:near", "interface:none", "tap:near"].map {
        try Program.run(["replay", sample, "--sink", $0])
      }
    }
    for (outcome, part) in zip(outcomes, ["is down", "no such interface", "is no TAP interface"]) {
      #expect(outcome.status == 74)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.contains(part))
    }
  }

  @Test("ends with 77 where it is not permitted, and says what is needed", arguments: ["interface:lo", "tap:none"])
  func notPermitted(sink: String) throws {
    let replay = [Program.url.path, "replay", sample, "--sink", sink]
    // A user without capabilities, who can read the same files.
    let bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    let outcome = try Program.run((geteuid() == 0 ? bare : []) + replay, by: URL(filePath: "/usr/bin/env"))
    #expect(outcome.status == 77)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("CAP_NET_RAW"))
  }

  @Test("refuses names that no interface has", arguments: ["interface:", "tap:sixteen-letters.", "interface:a/b"])
  func names(sink: String) throws {
    let outcome = try Program.run(["replay", sample, "--sink", sink])
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("interface:NAME"))
  }
}
