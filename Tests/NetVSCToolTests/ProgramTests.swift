import Foundation
import TestSupport
import Testing

@Suite("The program netvsc", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct ProgramTests {
  @Test(
    "refuses wrong usage in one line and with 64",
    arguments: [
      ["replay"], ["frob"], ["replay", "--queues", "0", "x"], ["replay", "--sink", "tape", "x"],
      ["replay", "--bogus", "x"], ["replay", "x", "--json"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("netvsc: "))
  }

  @Test("tells its version and explains itself on standard output", arguments: ["--version", "--help", "help"])
  func help(argument: String) throws {
    let outcome = try Program.run([argument])
    #expect(outcome.status == 0)
    #expect(!outcome.output.isEmpty)
    #expect(outcome.errors.isEmpty)
  }

  @Test(
    "ends with 74 when what was asked for cannot be printed",
    arguments: ["--help", "--version", "replay --help", "help bench", "", "--generate-completion-script bash"])
  func fullOutput(arguments: String) throws {
    let outcome = try Program.run(
      ["-c", "'\(Program.url.path)' \(arguments) >/dev/full"], by: URL(fileURLWithPath: "/bin/sh"))
    #expect(outcome.status == 74)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("standard output"))
  }

  @Test("writes what the host received to standard output, and nothing else there")
  func captureOnStandardOutput() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 64, 1514])
    let command =
      "'\(Program.url.path)' replay --queues 1 '\(capture)' --sink pcap:- --json '\(folder.path("a.json"))' "
      + "| cat > '\(folder.path("out.pcap"))'"
    let outcome = try Program.run(["-c", command], by: URL(fileURLWithPath: "/bin/sh"))
    #expect(outcome.errors.isEmpty)
    let sent = try Data(contentsOf: URL(fileURLWithPath: capture))
    let received = try Data(contentsOf: URL(fileURLWithPath: folder.path("out.pcap")))
    #expect(received.count == sent.count)
    #expect(received.dropFirst(40).prefix(60) == sent.dropFirst(40).prefix(60), "the first frame")
    #expect(try folder.json("a.json")["exit_code"] as? Int == 0)
    #expect(!FileManager.default.fileExists(atPath: FileManager.default.currentDirectoryPath + "/-"))
  }

  @Test("names standard output when the capture cannot be written there")
  func fullCaptureOnStandardOutput() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let outcome = try Program.run(
      ["-c", "'\(Program.url.path)' replay '\(capture)' --sink pcap:- >/dev/full"], by: URL(fileURLWithPath: "/bin/sh"))
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("standard output: "))
    let both = try Program.run(["replay", capture, "--sink", "pcap:-", "--json", "-"])
    #expect(both.status == 64)
  }

  @Test("takes the shortest duration for one, and not for none")
  func shortestDuration() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60, 60])
    let outcome = try Program.run(["replay", capture, "--loop", "0", "--duration", "1e-12", "--quiet"])
    #expect(outcome.status == 0)
  }

  @Test("replays a capture and prints a table")
  func replay() throws {
    let folder = try Folder()
    let outcome = try Program.run(["replay", try folder.capture(frameSizes: [60, 64, 1514]), "--queues", "2"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.hasPrefix("3 of 3 packets completed"))
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test("writes nothing but JSON to standard output when asked to, and whatever the outcome")
  func jsonOnStandardOutput() throws {
    let folder = try Folder()
    for (capture, status) in [(try folder.capture(frameSizes: [60, 13]), 1), (folder.path("missing"), 66)] {
      let outcome = try Program.run(["replay", capture, "--json", "-"])
      #expect(outcome.status == status)
      #expect(outcome.errorLines.count == 1)
      let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      #expect(report?["schema"] as? String == "netvsc.replay/1")
      #expect(report?["exit_code"] as? Int32 == outcome.status)
    }
  }

  @Test("writes JSON to a file beside the table, and only that when it is to be quiet")
  func jsonInAFile() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60, 60])
    let told = try Program.run(["replay", capture, "--json", folder.path("a.json")])
    #expect(told.output.contains("Ledger"))
    let quiet = try Program.run(["replay", capture, "--json", folder.path("b.json"), "--quiet", "--loop", "5"])
    #expect(quiet.output.isEmpty && quiet.errors.isEmpty)
    let completed = try folder.json("b.json")["completed"] as? [String: Int]
    #expect(completed == ["packets": 15, "bytes": 900])
    #expect(try folder.json("a.json")["exit_code"] as? Int == 0)
  }

  @Test("keeps its files apart from streams that were closed", arguments: [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
  func closedStreams(redirection: String) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 13])
    let command =
      "'\(Program.url.path)' replay '\(capture)' --json '\(folder.path("a.json"))' "
      + "--sink 'pcap:\(folder.path("a.pcap"))' \(redirection)"
    _ = try Program.run(["-c", command], by: URL(fileURLWithPath: "/bin/sh"))
    #expect(try folder.json("a.json")["schema"] as? String == "netvsc.replay/1")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.pcap"))).count == 24 + 16 + 60)
  }

  @Test("does not write two outputs over each other, however they are spelled")
  func sameOutput() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let outcome = try Program.run([
      "replay", capture, "--sink", "pcap:" + folder.path("out"), "--json", folder.url.path + "/./out",
    ])
    #expect(outcome.status == 64)
  }

  @Test("counts the limit over all loops")
  func limit() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60, 60])
    let outcome = try Program.run([
      "replay", capture, "--loop", "0", "--limit", "7", "--json", "-", "--host", "threads",
    ])
    #expect(outcome.status == 0)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect((report?["offered"] as? [String: Int])?["packets"] == 7)
  }

  @Test("names what it cannot read, and ends with 66 or 65")
  func unreadable() throws {
    let folder = try Folder()
    try Data("no capture, this\n".utf8).write(to: URL(fileURLWithPath: folder.path("text")))
    for (path, status) in [(folder.path("missing"), 66), (folder.url.path, 66), (folder.path("text"), 65)] {
      let outcome = try Program.run(["replay", path])
      #expect(outcome.status == status)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.contains(path))
    }
  }

  @Test("says that there is nothing to send")
  func nothing() throws {
    let folder = try Folder()
    let outcome = try Program.run(["replay", try folder.capture(frameSizes: [])])
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("nothing to send"))
  }

  @Test("sends what comes before the damage, then names it")
  func damaged() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: capture))
    try bytes.dropLast(8).write(to: URL(fileURLWithPath: capture))
    let outcome = try Program.run(["replay", capture, "--json", folder.path("x.json")])
    #expect(outcome.status == 65)
    #expect(outcome.errorLines.count == 1)
    let completed = try folder.json("x.json")["completed"] as? [String: Int]
    #expect(completed?["packets"] == 1)
  }

  @Test("ends with 74 when its report cannot be written", arguments: ["/dev/full", "/nonexistent/x.json"])
  func unwritable(destination: String) throws {
    let folder = try Folder()
    let outcome = try Program.run(["replay", try folder.capture(frameSizes: [60]), "--json", destination, "--quiet"])
    #expect(outcome.status == 74)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(destination))
  }

  @Test("prefers the problem of a capture to that of its report")
  func unreadableAndUnwritable() throws {
    let folder = try Folder()
    let outcome = try Program.run(["replay", folder.path("missing"), "--json", "/nonexistent/x.json"])
    #expect(outcome.status == 66)
    #expect(outcome.errorLines.count == 2)
  }

  @Test("does not write over what it reads", arguments: ["--json", "--sink"])
  func sameFile(option: String) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let before = try Data(contentsOf: URL(fileURLWithPath: capture))
    let target = folder.url.path + "/./frames.pcap"
    let outcome = try Program.run(["replay", capture, option, option == "--json" ? target : "pcap:" + target])
    #expect(outcome.status == 64)
    #expect(try Data(contentsOf: URL(fileURLWithPath: capture)) == before)
  }

  @Test("drains, reports and ends with 130 when it is interrupted", arguments: [SIGINT, SIGTERM, SIGHUP])
  func interrupted(signal: Int32) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60, 60])
    let outcome = try Program.run(["replay", capture, "--loop", "0", "--json", "-"]) { process in
      Thread.sleep(forTimeInterval: 0.5)
      kill(process.processIdentifier, signal)
    }
    #expect(outcome.status == 130)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(report?["interrupted"] as? Bool == true)
    #expect((report?["lost"] as? [String: Int])?["packets"] == 0)
  }

  @Test("goes on after a hang-up that is ignored, as under nohup")
  func ignoredHangUp() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60, 60])
    let command = "trap '' HUP; exec '\(Program.url.path)' replay '\(capture)' --pps 4 --json -"
    let outcome = try Program.run(["-c", command], by: URL(fileURLWithPath: "/bin/sh")) { process in
      Thread.sleep(forTimeInterval: 0.2)
      kill(process.processIdentifier, SIGHUP)
    }
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("\"interrupted\" : false"))
  }

  @Test(
    "ends at once at the second interrupt, and leaves the report of a run before, or none",
    arguments: [SIGINT, SIGTERM, SIGHUP], [nil, "of a run before\n"])
  func interruptedTwice(signal: Int32, before: String?) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60, 60])
    let report = folder.path("report.json")
    try before?.write(toFile: report, atomically: true, encoding: .utf8)
    // Waits for completions that do not come, for longer than any test.
    let arguments = ["replay", capture, "--fault", "silent", "--drain-timeout", "1000", "--json", report]
    let outcome = try Program.run(arguments) { process in
      for _ in 0..<2 {
        Thread.sleep(forTimeInterval: 0.4)
        kill(process.processIdentifier, signal)
      }
    }
    #expect(outcome.status == signal, "killed by it")
    #expect((try? String(contentsOfFile: report, encoding: .utf8)) == before)
  }

  @Test("writes its report through links, and leaves permissions alone")
  func linkedReport() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let target = folder.path("target.json")
    try String(repeating: "old ", count: 5000).write(toFile: target, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: target)
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "target.json")
    for report in [folder.path("link"), "/dev/stdout"] {
      #expect(try Program.run(["replay", capture, "--quiet", "--json", report]).status == 0)
    }
    #expect(try folder.json("target.json")["exit_code"] as? Int == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: target)
    #expect(attributes[.posixPermissions] as? Int == 0o604)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "target.json")
  }

  @Test("writes its report into a pipe, and behind what standard output holds already")
  func pipedReport() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let command = """
      cd '\(folder.url.path)' && mkfifo pipe && (cat pipe > piped.json & \
      '\(Program.url.path)' replay '\(capture)' --quiet --json pipe; wait) && \
      echo before > log && '\(Program.url.path)' replay '\(capture)' --quiet --json - >> log
      """
    #expect(try Program.run(["-c", command], by: URL(fileURLWithPath: "/bin/sh")).status == 0)
    #expect(try folder.json("piped.json")["exit_code"] as? Int == 0)
    #expect(try String(contentsOfFile: folder.path("log"), encoding: .utf8).hasPrefix("before\n{"))
  }

  @Test("tells a script nothing but its JSON of a run that went well")
  func scripted() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60, 60])
    let outcome = try Program.run(["replay", capture, "--progress", "never", "--json", "-"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.hasPrefix("{\n") && outcome.output.hasSuffix("\n}\n"))
    _ = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
  }

  @Test(
    "has colours on a terminal that knows them, and nowhere else", .peer("script"),
    arguments: [("TERM=xterm NO_COLOR=", true), ("TERM=xterm NO_COLOR=1", false), ("TERM=dumb NO_COLOR=", false)])
  func colours(environment: String, expected: Bool) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let command = "\(environment) '\(Program.url.path)' replay '\(capture)' --progress never"
    let outcome = try Peer("script").run(["-qec", command, "/dev/null"])
    #expect(outcome.status == 0)
    #expect(outcome.standardOutput.contains("\u{1B}[") == expected)
  }

  @Test("shows its progress when asked to, and not otherwise")
  func progress() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [60])
    let shown = try Program.run(["replay", capture, "--quiet", "--progress", "always"])
    #expect(shown.status == 0)
    #expect(shown.errors.contains("pps"))
    #expect(try Program.run(["replay", capture, "--quiet", "--progress", "auto"]).errors.isEmpty)
  }
}
