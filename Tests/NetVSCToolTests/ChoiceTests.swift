import ArgumentParser
import Foundation
import NetVSCTool
import TestSupport
import Testing
import TrafficReplay

@Suite("netvsc replay, choosing packets")
struct ChoiceTests {
  private func parse(_ arguments: [String]) throws -> ReplayOptions {
    try #require(try NetVSCCommand.parseAsRoot(["replay"] + arguments) as? ReplayCommand).options
  }

  @Test("hands its options on")
  func options() throws {
    let options = try parse([
      "a.pcap", "--filter", "tcp port 80", "--skip", "7", "--packets", "1-5,9-", "--pad", "--vary", "flows", "--merge",
    ])
    #expect(
      options.selection
        == PacketSelection(filter: "tcp port 80", skipCount: 7, ranges: try PacketRanges("1-5,9-")))
    #expect(options.padsTruncated && options.mergesCaptures)
    #expect(options.variation == .flows)
    let plain = try parse(["a.pcap"])
    #expect(plain.selection == .all && plain.variation == nil && !plain.padsTruncated && !plain.mergesCaptures)
  }

  @Test(
    "refuses what is none in one line, before any output is written over", .enabled(if: Program.isBuilt),
    arguments: [
      (["--filter", "tcp prot 80"], "syntax error"), (["--packets", "0-4"], "counted from 1"),
      (["--packets", "4-2"], "ends before it begins"), (["--packets", "some"], "no packet number or range"),
      (["--skip", "-1"], "--skip"), (["--vary", "ports"], "flows"),
    ] as [([String], String)])
  func refused(arguments: [String], reason: String) throws {
    let folder = try Folder()
    try Data("kept".utf8).write(to: URL(fileURLWithPath: folder.path("a.json")))
    let capture = try folder.capture(frameSizes: [60])
    let outputs = ["--json", folder.path("a.json"), "--sink", "pcap:\(folder.path("a.pcap"))"]
    let outcome = try Program.run(["replay", capture] + outputs + arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(reason))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.json"))) == Data("kept".utf8))
    #expect(!FileManager.default.fileExists(atPath: folder.path("a.pcap")))
  }

  @Test("accounts for what it skipped", .enabled(if: Program.isBuilt))
  func skipped() throws {
    let folder = try Folder()
    let outcome = try Program.run([
      "replay", PackageFolders.firstRun, "--packets", "101-", "--skip", "200", "--loop", "2", "--vary", "flows",
      "--json", folder.path("a.json"),
    ])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("200 packets were skipped as asked"))
    let report = try folder.json("a.json")
    let capture = try #require((report["captures"] as? [[String: Any]])?.first)
    #expect(capture["packets"] as? Int == 1800)
    #expect(capture["skipped"] as? Int == 200)
    #expect((report["offered"] as? [String: Int])?["packets"] == 3600)
  }
}
