import Foundation
import Glibc
import PacketCapture
import TestSupport
import Testing
import TrafficReplay
import WireFormats

@Suite("A replay that varies flows")
struct VariedReplayTests {
  private func generated(_ plan: TrafficPlan, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("generated.pcap")
    _ = try GeneratedCapture(of: plan, writingTo: path)
    return path
  }

  @Test("has flows of its own in each pass, and tshark finds every checksum right", .peer("tshark"))
  func byTShark() throws {
    let folder = try TemporaryFolder()
    let plan = TrafficPlan(
      amount: .packets(400), flowCount: 40, addressFamilies: .both, transports: .both, vlan: 42)
    let path = try generated(plan, in: folder)
    let result = replay([path]) {
      $0.loopCount = 12
      $0.variation = .flows
      $0.sink = .pcap(path: folder.path("sent.pcap"))
    }
    #expect(ReplayStatus(of: result) == .complete)
    let sound = try SoundnessByTShark(of: folder.path("sent.pcap"))
    #expect(sound.complaints.isEmpty)
    #expect(sound.tcpCount + sound.udpCount == 12 * 400)
    #expect(sound.tcpCount > 0 && sound.udpCount > 0 && sound.ipv6Count > 0)
    let ends = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst"].flatMap { ["-e", $0] }
    let lines = try Peer("tshark").run(["-n", "-r", folder.path("sent.pcap"), "-T", "fields"] + ends).lines
    #expect(Set(lines).count == 12 * 40)
  }

  @Test("sends the first pass as captured, and each further one by the rule", arguments: CopyChoice.allCases)
  func rule(copy: CopyChoice) throws {
    let folder = try TemporaryFolder()
    let sent = folder.path("sent.pcap")
    let result = replay([PackageFolders.firstRun]) {
      $0.loopCount = 3
      $0.variation = .flows
      $0.copy = copy
      $0.hostMode = .threads
      $0.sink = .pcap(path: sent)
    }
    #expect(ReplayStatus(of: result) == .complete)
    let captured = try frames(of: PackageFolders.firstRun)
    let expected = (0..<3).flatMap { pass in
      captured.map { frame in
        var frame = frame
        var span = frame.mutableSpan
        var bytes = span.mutableBytes
        FlowVariation(pass: UInt64(pass)).apply(to: &bytes)
        return frame
      }
    }
    #expect(try frames(of: sent) == expected)
    #expect(expected[2000..<4000] != expected[..<2000])
  }

  @Test("accounts for every byte, whoever runs the host and whatever is lent", arguments: CopyChoice.allCases)
  func accounts(copy: CopyChoice) {
    for hostMode in HostMode.allCases {
      let result = replay([PackageFolders.firstRun]) {
        $0.queueCount = 2
        $0.loopCount = 7
        $0.variation = .flows
        $0.copy = copy
        $0.hostMode = hostMode
      }
      #expect(result.ledger.completed == Tally(packets: 14_000, bytes: 7 * 823_047))
      #expect(result.verify?.match == true)
      #expect(result.loops == 7)
      #expect(ReplayStatus(of: result) == .complete)
    }
  }

  @Test("spreads one flow's passes over the queues")
  func steering() throws {
    let folder = try TemporaryFolder()
    let path = try generated(TrafficPlan(amount: .packets(10), flowCount: 1), in: folder)
    for (variation, queues) in [(nil, 1...1), (.flows, 3...4)] as [(Variation?, ClosedRange<Int>)] {
      let result = replay([path]) {
        $0.queueCount = 4
        $0.loopCount = 64
        $0.variation = variation
      }
      #expect(queues.contains(result.queues.count { $0.published.packets > 0 }))
      #expect(result.queues.allSatisfy { $0.published.packets % 10 == 0 }, "a pass keeps its flow together")
    }
  }

  @Test("goes together with filling up: what was cut stays zero")
  func padded() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("cut.pcap")
    var writer = try CaptureWriter(path: path)
    let frame = TestFrame().bytes()
    try writer.append(Array(frame[..<38]).span.bytes, timestamp: 0, originalByteCount: 100)
    try writer.close()
    _ = replay([path]) {
      $0.loopCount = 2
      $0.padsTruncated = true
      $0.variation = .flows
      $0.sink = .pcap(path: folder.path("sent.pcap"))
    }
    let sent = try frames(of: folder.path("sent.pcap"))
    #expect(sent.map(\.count) == [100, 100])
    #expect(sent[1][..<38] != sent[0][..<38])
    #expect(sent[1][38...].allSatisfy { $0 == 0 })
  }

  @Test("cannot be of a pipe, and says so", .timeLimit(.minutes(1)))
  func pipe() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "cat '\(PackageFolders.firstRun)' > '\(pipe)'"]
    try writer.run()
    let result = replay([pipe]) {
      $0.loopCount = 2
      $0.variation = .flows
    }
    writer.waitUntilExit()
    #expect(result.ledger.completed.packets == 2000)
    #expect(ReplayStatus(of: result) == .inputOutputFailed)
    #expect(result.problems.count == 1 && result.problems[0].contains("--vary"))
  }
}
