import ArgumentParser
import NetVSCTool
import Testing

@Suite("The command line")
struct NetVSCCommandTests {
  private func complaint(_ arguments: [String]) -> String? {
    do {
      _ = try NetVSCCommand.parseAsRoot(arguments)
      return nil
    } catch {
      return NetVSCCommand.usageLine(for: error)
    }
  }

  @Test(
    "says which option is wrong and what it takes",
    arguments: [
      (["--queues", "65"], "'--queues <n>': give a whole number from 1 to 64"),
      (["--queues", "two"], "'--queues <n>': give a whole number from 1 to 64"),
      (["--mtu", "1513"], "'--mtu <bytes>': give a whole number from 1514 to 9216"),
      (["--mtu", "9217"], "'--mtu <bytes>': give a whole number from 1514 to 9216"),
      (["--loop", "1.5"], "'--loop <n>': give a whole number from 0 up"),
      (["--limit", "18446744073709551616"], "'--limit <packets>': give a whole number from 0 up"),
      (["--duration", "nan"], "'--duration <seconds>': give seconds from 0 to 1000000000, such as 10 or 0.5"),
      (["--duration", "1e10"], "'--duration <seconds>': give seconds from 0"),
      (["--drain-timeout", "soon"], "'--drain-timeout <seconds>': give seconds from 0"),
      (["--sink", "pcap:"], "'--sink <sink>': give null, verify, pcap:FILE, tap:NAME or interface:NAME"),
      (["--steer", "x"], "'--steer <method>'. Please provide one of 'flow', 'cpu' or 'round-robin'."),
      (["--ring-mode", "x"], "'--ring-mode <mode>'. Please provide one of 'exclusive', 'ordered' or 'cooperative'."),
      (["--host", "x"], "'--host <mode>'. Please provide one of 'inline' and 'threads'."),
      (["--progress", "x"], "'--progress <when>'. Please provide one of 'auto', 'always' or 'never'."),
      (["--json", ""], "'--json <file>'"),
      (["--frob"], "Unknown option '--frob'"),
    ])
  func complaints(arguments: [String], expected: String) throws {
    let line = try #require(complaint(["replay", "x.pcap"] + arguments))
    #expect(line.contains(expected))
    #expect(line.hasSuffix("(see 'netvsc replay --help')"))
    #expect(!line.contains("\n"))
  }

  @Test(
    "points to the help of the command that was meant",
    arguments: [
      (["replay"], "netvsc replay --help"), (["bench", "ring", "--bogus"], "netvsc bench ring --help"),
      (["frob"], "netvsc --help"),
    ])
  func helpOf(arguments: [String], command: String) throws {
    #expect(try #require(complaint(arguments)).hasSuffix("(see '\(command)')"))
  }

  @Test(
    "suggests the option that was meant",
    arguments: [("--queus", "--queues"), ("--drain-timout", "--drain-timeout"), ("--jsn", "--json")])
  func suggestion(typed: String, meant: String) throws {
    #expect(try #require(complaint(["replay", "x", typed, "1"])).contains("Did you mean '\(meant)'?"))
  }

  @Test("wants a capture, and a command that exists")
  func missing() throws {
    #expect(try #require(complaint(["replay"])).contains("<captures>"))
    #expect(try #require(complaint(["frob"])).contains("frob"))
  }

  @Test("has nothing to complain of in a cry for help")
  func help() {
    #expect(complaint(["replay", "--help"]) == nil)
    #expect(complaint(["--version"]) == nil)
  }

  @Test("has examples for every command")
  func examples() throws {
    for command in [
      NetVSCCommand.self, ReplayCommand.self, GenerateCommand.self, ManualCommand.self, BenchCommand.self,
      BenchRingCommand.self, BenchEngineCommand.self, BenchReplayCommand.self,
    ] as [any ParsableCommand.Type] {
      #expect(NetVSCCommand.helpMessage(for: command).contains("EXAMPLES:\n  "), "\(command)")
    }
  }

  @Test(
    "explains every option",
    arguments: [
      "--queues", "--host", "--steer", "--ring-mode", "--mtu", "--loop", "--limit", "--duration", "--sink",
      "--drain-timeout", "--fault", "--json", "--progress", "--quiet",
    ])
  func helpText(option: String) {
    let lines = NetVSCCommand.helpMessage(for: ReplayCommand.self, columns: 80).split(separator: "\n")
    #expect(lines.contains { $0 == "  \(option)" || $0.hasPrefix("  \(option) ") })
  }
}
