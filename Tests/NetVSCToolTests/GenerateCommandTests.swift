import ArgumentParser
import Foundation
import NetVSCTool
import PacketCapture
import TestSupport
import Testing

@Suite("netvsc generate")
struct GenerateCommandTests {
  private func parse(_ arguments: String) throws -> GenerateCommand {
    let words = ["generate"] + arguments.split(separator: " ").map(String.init)
    return try #require(try NetVSCCommand.parseAsRoot(words) as? GenerateCommand)
  }

  @Test("needs nothing but a name, and means by default what a plan does")
  func defaults() throws {
    let command = try parse("a.pcap")
    #expect(command.output == "a.pcap")
    #expect(command.options.plan == TrafficPlan(amount: .packets(100_000)))
    #expect(!command.quiet)
  }

  @Test("hands every option on")
  func everything() throws {
    let command = try parse(
      "--packets 7 --sizes 100-200 --flows 3 --ip both --protocol tcp --vlan 5 --pps 9 --seed 0 --quiet -")
    #expect(
      command.options.plan
        == TrafficPlan(
          amount: .packets(7), sizes: .range(100...200), flowCount: 3, addressFamilies: .both, transports: .tcp,
          vlan: 5, packetsPerSecond: 9, seed: 0))
    #expect(command.output == "-" && command.quiet)
    #expect(try parse("x --bytes 6GiB").options.plan.amount == .fileBytes(6_442_450_944))
  }

  @Test(
    "says what is wrong and what is allowed, in one line",
    arguments: [
      ("", "<output>"), ("x --packets 0", "'--packets <n>': give a whole number from 1 to 1000000000000000"),
      ("x --bytes 6G", "'--bytes <size>': give bytes, such as 1500000, 500MB or 6GiB"),
      ("x --bytes 1kB", "--bytes: the longest packet needs a file of 1554 bytes"),
      ("x --packets 1 --bytes 1GB", "give one of them"),
      ("x --sizes 41", "'--sizes <sizes>': give imix, a size such as 64, or a range such as 64-1518, from 42 to 65535"),
      ("x --sizes 60 --ip v6 --protocol tcp", "--sizes: the headers asked for need 74 bytes; give 74 to 65535"),
      ("x --flows 0", "'--flows <n>': give a whole number from 1 to 1000000"),
      ("x --flows 1000001", "'--flows <n>': give a whole number from 1 to 1000000"),
      ("x --ip v5", "'--ip <version>'. Please provide one of 'v4', 'v6' or 'both'."),
      ("x --protocol sctp", "'--protocol <name>'. Please provide one of 'tcp', 'udp' or 'both'."),
      ("x --vlan 4095", "'--vlan <id>': give a whole number from 1 to 4094"),
      ("x --vlan 0", "'--vlan <id>': give a whole number from 1 to 4094"),
      ("x --pps 0", "'--pps <rate>': give a whole number from 1 to 1000000000"),
      ("x --pps 1 --packets 5000000000", "--pps: so many packets would last beyond 2106"),
      ("x --seed -1", "--seed"), ("x --seed one", "'--seed <n>': give a whole number from 0 up"), ("x y", "'y'"),
    ])
  func complaints(arguments: String, expected: String) throws {
    let error = try #require(throws: (any Error).self) { try parse(arguments) }
    let line = try #require(NetVSCCommand.usageLine(for: error))
    #expect(line.contains(expected))
    #expect(line.hasSuffix("(see 'netvsc generate --help')"))
    #expect(!line.contains("\n"))
  }

  @Test(
    "explains every option, and has examples",
    arguments: [
      "--packets", "--bytes", "--sizes", "--flows", "--ip", "--protocol", "--vlan", "--pps", "--seed", "--quiet",
    ])
  func helpText(option: String) {
    let text = NetVSCCommand.helpMessage(for: GenerateCommand.self, columns: 80)
    #expect(text.split(separator: "\n").contains { $0 == "  \(option)" || $0.hasPrefix("  \(option) ") })
    #expect(text.contains("EXAMPLES:") && text.contains("replaced"))
  }
}

@Suite("The program netvsc generate", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct GenerateProgramTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ arguments: String) throws -> Program.Outcome {
    try Program.run(["-c", "'\(Program.url.path)' generate \(arguments)"], by: URL(filePath: "/bin/sh"))
  }

  private func byteCount(of path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  private func packetCount(of path: String) throws -> Int {
    var reader = try CaptureReader(path: path)
    while try reader.next() != nil {}
    return reader.packetCount
  }

  @Test("writes the same bytes for the same command, over what was there, and says how much")
  func reproducible() throws {
    let paths = [folder.path("a.pcap"), try folder.write([UInt8](repeating: 1, count: 1_000_000), to: "b.pcap")]
    for path in paths {
      let outcome = try Program.run(["generate", path, "--packets", "1200"])
      #expect(outcome.status == 0 && outcome.errors.isEmpty)
      #expect(outcome.output == "\(path): 1,200 packets in 448,624 bytes\n")
    }
    let first = try Data(contentsOf: URL(filePath: paths[0]))
    #expect(first.count == 448_624)
    #expect(first == (try Data(contentsOf: URL(filePath: paths[1]))))
    let other = try Program.run(["generate", paths[1], "--packets", "1200", "--seed", "2", "--quiet"])
    #expect(other.status == 0 && other.output.isEmpty && other.errors.isEmpty)
    #expect(first != (try Data(contentsOf: URL(filePath: paths[1]))))
  }

  @Test("writes to standard output nothing but the capture")
  func standardOutput() throws {
    let outcome = try shell("- --packets 1200 > '\(folder.path("out.pcap"))'")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    _ = try Program.run(["generate", folder.path("file.pcap"), "--packets", "1200"])
    #expect(
      try Data(contentsOf: URL(filePath: folder.path("out.pcap")))
        == Data(contentsOf: URL(filePath: folder.path("file.pcap"))))
  }

  @Test("does not write a capture to a terminal", .peer("script"))
  func terminal() throws {
    let outcome = try Peer("script").run(["-qec", "'\(Program.url.path)' generate -", "/dev/null"])
    #expect(outcome.status == 64)
    #expect(outcome.standardOutput.contains("name a file"))
    #expect(outcome.standardOutput.contains("(see 'netvsc generate --help')"))
  }

  @Test("makes what replay sends whole")
  func replayed() throws {
    let path = folder.path("replay.pcap")
    _ = try shell("'\(path)' --packets 3000 --ip both --protocol both --vlan 3")
    let outcome = try Program.run(["replay", path, "--queues", "2"])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("3,000 of 3,000 packets completed"))
  }

  @Test("refuses wrong options with 64 and one line, and writes nothing")
  func wrongUsage() throws {
    let path = folder.path("none.pcap")
    for arguments in [["--sizes", "20"], ["--bytes", "10"], ["--packets", "1", "--bytes", "1GB"], ["--frob"]] {
      let outcome = try Program.run(["generate", path] + arguments)
      #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.errorLines.count == 1)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(
    "ends with 74 when the capture cannot be written",
    arguments: [
      ("/dev/full --packets 1", "/dev/full: "), ("/dev/full", "/dev/full: "),
      ("/nonexistent/x.pcap", "/nonexistent/x.pcap: "),
      ("/tmp", "/tmp: "), ("- > /dev/full", "standard output: "), ("/dev/null > /dev/full", "standard output"),
    ])
  func unwritable(arguments: String, named: String) throws {
    let outcome = try shell(arguments)
    #expect(outcome.status == 74 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(named))
  }

  @Test("ends, and says so, when nobody reads on")
  func brokenPipe() throws {
    let outcome = try shell("- --bytes 1TiB | head -c 100 > /dev/null")
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("standard output: "))
  }

  @Test("leaves a valid capture when it is interrupted, and ends with 130", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let path = folder.path("interrupted.pcap")
    let outcome = try Program.run(["generate", path, "--bytes", "1TiB"]) { process in
      // Until something was written, however slow the machine is.
      while byteCount(of: path) == 0 && process.isRunning { Thread.sleep(forTimeInterval: 0.01) }
      kill(process.processIdentifier, signal)
    }
    #expect(outcome.status == 130)
    #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
    let count = try packetCount(of: path)
    #expect(count > 0)
    #expect(outcome.errors.filter { $0 != "," }.contains("interrupted; \(path) holds \(count) packets"))
  }
}
