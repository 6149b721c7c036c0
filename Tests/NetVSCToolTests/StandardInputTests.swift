import Foundation
import TestSupport
import Testing

@Suite("netvsc replay of standard input", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct StandardInputTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func shell(_ command: String, meanwhile: (Process) -> Void = { _ in }) throws -> Program.Outcome {
    try Program.run(["-c", command], by: URL(fileURLWithPath: "/bin/sh"), meanwhile: meanwhile)
  }

  private var program: String { "'\(Program.url.path)'" }

  @Test("sends what is piped in, beside other captures and in loops")
  func pipe() throws {
    let capture = try folder.capture(frameSizes: [60, 64, 1514])
    let outcome = try shell("cat '\(capture)' | \(program) replay '\(capture)' - --loop 2 --json -")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect((report?["completed"] as? [String: Int])?["packets"] == 12)
  }

  @Test("decompresses it", .peer("gzip"))
  func compressed() throws {
    let capture = try folder.capture(frameSizes: [60, 64, 1514])
    let outcome = try shell("gzip -c '\(capture)' | \(program) replay -")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("3 of 3 packets completed"))
    let cut = try shell("gzip -c '\(capture)' | head -c 60 | \(program) replay -")
    #expect(cut.status == 65)
    #expect(cut.errorLines.count == 1)
    #expect(cut.errors.contains("standard input") && cut.errors.contains("gzip data ends too early"))
  }

  @Test("names it when there is nothing in it")
  func empty() throws {
    let outcome = try Program.run(["replay", "-"])
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix("netvsc: standard input: not a capture (the file is empty)"))
  }

  @Test("reads it once only")
  func twice() throws {
    let outcome = try Program.run(["replay", "-", "-"])
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
  }

  @Test("does not write over it")
  func overwritten() throws {
    let capture = try folder.capture(frameSizes: [60])
    let outcome = try shell("\(program) replay - --sink 'pcap:\(capture)' < '\(capture)'")
    #expect(outcome.status == 64)
  }

  @Test("refuses a terminal", .peer("script"))
  func terminal() throws {
    let outcome = try Program.run(
      ["-qec", "\(program) replay -", "/dev/null"], by: URL(fileURLWithPath: "/usr/bin/script"))
    #expect(outcome.status == 64)
    #expect(outcome.output.contains("- is a terminal"))
  }

  @Test("is interrupted while nothing comes, and reports")
  func silent() throws {
    // The shell becomes the program, and another one holds the pipe open.
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let outcome = try shell("exec \(program) replay - --json - <> '\(folder.path("pipe"))'") { process in
      Thread.sleep(forTimeInterval: 0.5)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(outcome.status == 130)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let captures = report?["captures"] as? [[String: Any]]
    #expect(captures?.first?["ended"] as? String == "interrupted")
  }

  @Test("gives up opening a pipe that has no writer", arguments: [["--duration", "0.2"], []])
  func withoutWriter(arguments: [String]) throws {
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let outcome = try Program.run(["replay", pipe] + arguments) { process in
      guard arguments.isEmpty else { return }
      Thread.sleep(forTimeInterval: 0.5)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(outcome.status == (arguments.isEmpty ? 130 : 1))
  }

  @Test("says how addresses are written")
  func wrongAddresses() throws {
    let outcome = try Program.run(["replay", "x", "--ethernet", "02:00:00:00:00:01"])
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("two MAC addresses"))
  }
}
