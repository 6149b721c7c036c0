import Foundation
import Glibc
import NetVSC
import PacketCapture
import TestSupport
import Testing
import TrafficReplay

/// Runs a replay to its end.
func replay(_ paths: [String], _ change: (inout ReplayOptions) -> Void = { _ in }) -> ReplayResult {
  var options = ReplayOptions(capturePaths: paths, queueCount: 1)
  change(&options)
  return ReplayRun(options, control: ReplayControl(queueCount: options.queueCount)).run()
}

@Suite("A replay of the sample capture")
struct ReplayRunTests {
  private let sample = PackageFolders.firstRun

  @Test(
    "completes and verifies every packet, whoever runs the host, owns the ring and chooses the queue",
    arguments: HostMode.allCases, RingMode.allCases)
  func completes(hostMode: HostMode, ringMode: RingMode) {
    for steering in Steering.allCases {
      for queueCount in [1, 2, 7] {
        let result = replay([sample]) {
          $0.queueCount = queueCount
          $0.steering = steering
          $0.hostMode = hostMode
          $0.ringMode = ringMode
        }
        #expect(result.ledger.completed == Tally(packets: 2000, bytes: 823_047))
        #expect(result.host.received == result.ledger.completed)
        #expect(result.verify?.match == true)
        #expect(result.queues.count == queueCount)
        #expect(result.problems == [])
        #expect(ReplayStatus(of: result) == .complete)
      }
    }
  }

  @Test(
    "counts the limit over all loops, in the order of the capture", arguments: [1, 1999, 2000, 2001, 4500] as [UInt64])
  func limit(limit: UInt64) {
    for queueCount in [1, 3] {
      let result = replay([sample]) {
        $0.queueCount = queueCount
        $0.loopCount = 0
        $0.packetLimit = limit
      }
      #expect(result.ledger.offered.packets == limit)
      #expect(result.loops == (limit + 1999) / 2000)
      #expect(result.captures[0].ended == (limit < 2000 ? .limit : .end))
      #expect(ReplayStatus(of: result) == .complete)
    }
  }

  @Test("repeats", arguments: [2, 5] as [UInt64])
  func loops(loopCount: UInt64) {
    let result = replay([sample, sample]) {
      $0.loopCount = loopCount
      $0.queueCount = 2
    }
    #expect(result.ledger.completed.packets == 4000 * loopCount)
    #expect(result.loops == loopCount)
    #expect(result.captures.map(\.packets) == [2000, 2000])
    #expect(result.verify?.match == true)
  }

  @Test("stops when its time is over, with everything accounted for")
  func duration() {
    let result = replay([sample]) {
      $0.loopCount = 0
      $0.duration = 50_000_000
    }
    #expect(result.ledger.completed == result.ledger.offered)
    #expect(result.ledger.offered.packets > 0)
    #expect(!result.interrupted)
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("stops when it is asked to, drains and says so", .timeLimit(.minutes(1)))
  func interrupt() async {
    var options = ReplayOptions(capturePaths: [sample], queueCount: 2)
    options.loopCount = 0
    let control = ReplayControl(queueCount: 2)
    let run = ReplayRun(options, control: control)
    async let outcome = Task.detached { run.run() }.value
    while control.snapshot().completed.packets < 5000 { await Task.yield() }
    control.requestStop()
    let result = await outcome
    #expect(result.interrupted)
    #expect(result.ledger.completed == result.ledger.offered)
    #expect(ReplayStatus(of: result) == .interrupted)
  }

  @Test("refuses frames above the MTU and below an Ethernet header, each by its reason")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("sizes.pcap")
    var writer = try CaptureWriter(path: path)
    for byteCount in [13, 14, 1514, 1515, 9216, 9217] {
      try writer.append([UInt8](repeating: 0, count: byteCount), timestamp: 0)
    }
    try writer.close()
    let wide = replay([path])
    #expect(wide.queues[0].refusedByReason == [.tooShort: 1, .tooLarge: 1])
    #expect(wide.ledger.completed == Tally(packets: 4, bytes: 14 + 1514 + 1515 + 9216))
    #expect(ReplayStatus(of: wide) == .incomplete)
    let narrow = replay([path]) { $0.frameLimit = 1514 }
    #expect(narrow.queues[0].refusedByReason == [.tooShort: 1, .tooLarge: 3])
    #expect(narrow.ledger.completed.packets == 2)
  }

  @Test("reads a pipe once, and repeats what it gave", .timeLimit(.minutes(1)))
  func pipe() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "cat '\(sample)' > '\(pipe)'"]
    try writer.run()
    let result = replay([pipe]) { $0.loopCount = 3 }
    writer.waitUntilExit()
    #expect(result.ledger.completed.packets == 6000)
    #expect(result.problems == [])
  }

  @Test("sends nothing when one of the captures cannot be")
  func badCapture() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write(Array("no capture\n".utf8), to: "text")
    for (path, status) in [(folder.path("missing"), 66), (folder.path("."), 66), (text, 65)] as [(String, Int32)] {
      let result = replay([sample, path])
      #expect(ReplayStatus(of: result).rawValue == status)
      #expect(result.ledger.offered == .zero)
      #expect(result.problems.count == 1)
    }
  }

  @Test("reports a sink that cannot be written, and what it could not deliver")
  func fullDisk() {
    let result = replay([sample]) {
      $0.sink = .pcap(path: "/dev/full")
      $0.loopCount = 20
    }
    #expect(ReplayStatus(of: result) == .inputOutputFailed)
    #expect(result.problems.count { $0.contains("/dev/full") } == 1)
    #expect(result.ledger.offered == result.ledger.completed + result.ledger.failed)
  }
}
