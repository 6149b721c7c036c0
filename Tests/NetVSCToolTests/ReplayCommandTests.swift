import ArgumentParser
import NetVSC
import NetVSCTool
import PacketCapture
import Testing
import TrafficReplay

@Suite("netvsc replay")
struct ReplayCommandTests {
  private func parse(_ arguments: [String]) throws -> ReplayCommand {
    try #require(try NetVSCCommand.parseAsRoot(["replay"] + arguments) as? ReplayCommand)
  }

  @Test("needs nothing but a capture")
  func defaults() throws {
    let command = try parse(["a.pcap"])
    let options = command.options
    #expect(options == ReplayOptions(capturePaths: ["a.pcap"], queueCount: options.queueCount))
    #expect(command.output.json == nil)
    #expect(command.output.progress == .auto)
    #expect(!command.output.quiet)
  }

  @Test("hands every option on")
  func everything() throws {
    let command = try parse([
      "a.pcap", "--queues", "7", "--host", "threads", "--steer", "round-robin", "--ring-mode", "ordered", "--mtu",
      "1514",
      "--loop", "3", "--limit", "100", "--duration", "0.5", "--sink", "pcap:out.pcap", "--drain-timeout", "2",
      "--copy", "never", "--vlan-offload", "--mss", "1400", "--fault", "die:7", "--fault", "slow", "--json", "out.json",
      "--progress", "never", "--quiet", "--ethernet", "02:00:00:00:00:01,02:00:00:00:00:02",
      "b.pcapng",
    ])
    #expect(
      command.options
        == ReplayOptions(
          capturePaths: ["a.pcap", "b.pcapng"], queueCount: 7, steering: .roundRobin, ringMode: .ordered,
          hostMode: .threads, frameLimit: 1514, copy: .never, vlanOffload: true, segmentByteCount: 1400, loopCount: 3,
          packetLimit: 100, duration: 500_000_000,
          sink: .pcap(path: "out.pcap"), drainTimeout: 2_000_000_000,
          faults: [try #require(HostFault("die:7")), try #require(HostFault("slow:64"))],
          ethernet: EthernetAddresses(source: [2, 0, 0, 0, 0, 1], destination: [2, 0, 0, 0, 0, 2])))
    #expect(command.output.json == .file("out.json"))
    #expect(command.output.progress == .never)
    #expect(command.output.quiet)
  }

  @Test("shares the rings cooperatively unless told otherwise, and not exclusively")
  func sharedRings() throws {
    #expect(try parse(["a"]).options.ringMode == .exclusive)
    let shared = try parse(["a", "--senders-per-queue", "8"]).options
    #expect(shared.sendersPerQueue == 8)
    #expect(shared.ringMode == .cooperative)
    #expect(try parse(["a", "--senders-per-queue", "2", "--ring-mode", "ordered"]).options.ringMode == .ordered)
    _ = try parse(["a", "--ring-mode", "exclusive"])
    #expect(throws: (any Error).self) { try parse(["a", "--senders-per-queue", "2", "--ring-mode", "exclusive"]) }
    for wrong in ["0", "65", "-1", "two"] {
      #expect(throws: (any Error).self) { try parse(["a", "--senders-per-queue", wrong]) }
    }
  }

  @Test("takes 0 for no limit")
  func noLimits() throws {
    let options = try parse(["a", "--loop", "0", "--limit", "0", "--duration", "0", "--drain-timeout", "0"]).options
    #expect(options.loopCount == 0)
    #expect(options.packetLimit == nil)
    #expect(options.duration == nil)
    #expect(options.drainTimeout == 0)
  }

  @Test(
    "takes a time that is less than a nanosecond for one",
    arguments: [("1e-12", 1), ("4e-10", 1), ("1.4e-9", 1), ("2e-9", 2)] as [(String, UInt64)])
  func shortTimes(text: String, nanoseconds: UInt64) throws {
    #expect(try parse(["a", "--duration", text]).options.duration == nanoseconds)
    #expect(try parse(["a", "--drain-timeout", text]).options.drainTimeout == nanoseconds)
  }

  @Test(
    "takes one pace",
    arguments: [
      ([], .topSpeed), (["--top-speed"], .topSpeed), (["--pps", "1000"], .packets(Rate(1000))),
      (["--mbps", "20"], .megabits(Rate(20))), (["--timed"], .timed(speed: Rate(1))),
      (["--timed", "--speed", "10"], .timed(speed: Rate(10))),
    ] as [([String], Pace)])
  func pace(arguments: [String], pace: Pace) throws {
    #expect(try parse(["a"] + arguments).options.pace == pace)
  }

  @Test(
    "says what is wrong with other paces",
    arguments: [
      (["--pps", "0"], "give a number above 0"), (["--mbps", "fast"], "give a number above 0"),
      (["--timed", "--speed", "0.0"], "give a number above 0"),
      (["--pps", "1", "--timed"], "--pps and --timed exclude each other"),
      (["--top-speed", "--mbps", "1"], "--top-speed and --mbps exclude each other"),
      (["--speed", "2"], "--speed is for --timed"), (["--pps", "1", "--speed", "2"], "--speed is for --timed"),
    ] as [([String], String)])
  func wrongPace(arguments: [String], problem: String) throws {
    do {
      _ = try parse(["a"] + arguments)
      Issue.record("\(arguments) should be refused")
    } catch {
      #expect(try #require(NetVSCCommand.usageLine(for: error)).contains(problem))
    }
  }

  @Test("takes - for standard output")
  func dash() throws {
    #expect(try parse(["a", "--json", "-"]).output.json == .standardOutput)
  }

  @Test("refuses to write a report over another output")
  func clash() throws {
    let folder = try Folder()
    let capture = try folder.capture(frameSizes: [])
    let other = try folder.capture(frameSizes: [], named: "other.pcap")
    #expect(throws: (any Error).self) { try parse([capture, "--sink", "pcap:\(other)", "--json", other]) }
    #expect(throws: (any Error).self) { try parse([capture, "--sink", "pcap:\(capture)"]) }
    #expect(throws: (any Error).self) {
      try parse([capture, "--sink", "pcap:\(folder.path("new"))", "--json", folder.path("new")])
    }
    _ = try parse([capture, "--sink", "pcap:\(other)"])
    _ = try parse([capture, "--sink", "pcap:/dev/null", "--json", "/dev/null"])
  }
}
