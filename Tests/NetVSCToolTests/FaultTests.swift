import Foundation
import Testing

/// How a run ends for its user when the host misbehaves.
@Suite("netvsc replay --fault", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct FaultTests {
  /// A fault, and what a user must be told.
  struct Case: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    /// What the lines on standard error hold, in order; of those in `onlyWithSubchannels` with more than one queue.
    var lines: [String] = []
    var onlyWithSubchannels = false
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String, _ status: Int32, _ lines: [String] = [], onlyWithSubchannels: Bool = false) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.status = status
      self.lines = lines
      self.onlyWithSubchannels = onlyWithSubchannels
    }
  }

  private static let dead = [
    "netvsc: the channel was taken away: the host died", "lost: they were not completed when the run was given up",
  ]
  private static let ignored = ["completions of nothing in flight: ignored"]

  static let cases = [
    Case("--fault subchannel", 0, ["1 queue was opened of the 2 asked for"], onlyWithSubchannels: true),
    Case("--fault silent --drain-timeout 0.2", 1, ["400 of 400 packets were lost: no completion came"]),
    Case("--fault silent:10 --drain-timeout 0.2", 1, ["packets were lost: no completion came"]),
    Case(
      "--fault silent --loop 0 --drain-timeout 0.2", 69,
      ["netvsc: the host completed nothing for 1.00 s (--drain-timeout), with no room to send", "packets were lost"]),
    Case("--fault hang:10 --drain-timeout 0.2", 1, ["packets were lost: no completion came"]),
    Case(
      "--fault hang:10 --loop 0 --drain-timeout 0.2", 69,
      ["netvsc: the host completed nothing for 1.00 s (--drain-timeout), with no room to send", "packets were lost"]),
    Case("--fault fail", 1, ["400 of 400 packets were not sent on: the host completed them with an error status"]),
    Case("--fault fail:10", 1, ["packets were not sent on"]),
    Case("--fault die", 69, dead),
    Case("--fault die:10 --loop 0", 69, dead),
    Case("--fault slow", 0),
    Case("--fault slow:20000 --loop 20", 0),
    Case("--fault duplicate", 0, ignored),
    Case("--fault foreign:3 --fault slow", 0, ignored),
    Case("--fault no-large-sends", 0),
  ]

  @Test(
    "ends as documented, with a line that says why, and a ledger that balances",
    arguments: cases, ["inline", "threads"])
  func ends(fault: Case, host: String) throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: (0..<400).map { 60 + $0 })
    for (queueCount, senderCount) in [(1, 1), (2, 1), (2, 2)] {
      let outcome = try Program.run(
        ["replay", capture, "--host", host, "--queues", "\(queueCount)", "--senders-per-queue", "\(senderCount)"]
          + ["--steer", "round-robin", "--quiet", "--json", folder.path("result.json")] + fault.arguments)
      let lines = fault.onlyWithSubchannels && queueCount == 1 ? [] : fault.lines
      #expect(outcome.status == fault.status)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errorLines.count == lines.count, "\(outcome.errors)")
      for (line, expected) in zip(outcome.errorLines, lines) { #expect(line.contains(expected)) }
      let report = try folder.json("result.json")
      #expect(report["exit_code"] as? Int32 == fault.status)
      #expect((report["faults"] as? [String])?.isEmpty == false)
      for unit in ["packets", "bytes"] {
        func count(_ part: String) throws -> Int { try #require((report[part] as? [String: Any])?[unit] as? Int) }
        let settled = try count("refused") + count("completed") + count("failed") + count("lost")
        #expect(try count("offered") == settled)
        #expect(try count("offered") > 0)
      }
      let opened = fault.onlyWithSubchannels ? 1 : queueCount
      #expect(report["queues"] as? Int == opened)
      #expect(report["queues_asked"] as? Int == queueCount)
      #expect((report["per_queue"] as? [Any])?.count == opened)
    }
  }

  @Test("is refused for what is no fault", arguments: ["x", "silent:x", "subchannel:0", "old:3", ""])
  func usage(fault: String) throws {
    let outcome = try Program.run(["replay", "x", "--fault", fault])
    #expect(outcome.status == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("no-large-sends"), "the kinds are listed")
  }

  @Test("is explained, kind by kind")
  func help() throws {
    let help = try Program.run(["replay", "--help"]).output
    for kind in [
      "subchannel", "silent", "fail", "hang", "die", "slow", "duplicate", "foreign", "no-large-sends", "old",
    ] {
      #expect(help.contains("\n  \(kind)"))
    }
  }
}
