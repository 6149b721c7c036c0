import Foundation
import Glibc
import NetVSC
import PacketCapture
import Synchronization
import TestSupport
import Testing
import TrafficReplay

/// Runs a replay to its end.
func replay(_ paths: [String], _ change: (inout ReplayOptions) -> Void = { _ in }) -> ReplayResult {
  var options = ReplayOptions(capturePaths: paths, queueCount: 1)
  change(&options)
  return ReplayRun(options, control: ReplayControl(senderCount: options.senderCount)).run()
}

/// Runs a replay on a thread of its own and `body` on another: the pool of the tests' own tasks has a thread for each
/// processor only, and a replay blocks the one it runs on.
private func replay(_ run: ReplayRun, beside body: @escaping @Sendable () -> Void) throws -> ReplayResult? {
  let result = Mutex<ReplayResult?>(nil)
  try runConcurrently(2) { index in
    if index == 0 { result.withLock { $0 = run.run() } } else { body() }
  }
  return result.withLock { $0 }
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

  @Test("is shared out among the senders of each queue, flow by flow", arguments: HostMode.allCases, [1, 2, 8])
  func severalSenders(hostMode: HostMode, senderCount: Int) {
    for steering in Steering.allCases {
      for (queueCount, ringMode) in [(1, RingMode.cooperative), (2, .ordered), (2, .cooperative)] {
        let result = replay([sample]) {
          $0.queueCount = queueCount
          $0.sendersPerQueue = senderCount
          $0.steering = steering
          $0.hostMode = hostMode
          $0.ringMode = ringMode
          $0.loopCount = 3
        }
        #expect(result.ledger.completed == Tally(packets: 6000, bytes: 3 * 823_047))
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

  @Test("counts passes by what was offered, though some lanes get further than others when time is over")
  func loopsOfCutRun() {
    for queueCount in [1, 4] {
      let result = replay([sample]) {
        $0.loopCount = 0
        $0.queueCount = queueCount
        $0.duration = 20_000_000
      }
      #expect(result.loops == (result.ledger.offered.packets + 1999) / 2000)
    }
  }

  @Test("stops when it is asked to, drains and says so", .timeLimit(.minutes(1)))
  func interrupt() throws {
    var options = ReplayOptions(capturePaths: [sample], queueCount: 2)
    options.loopCount = 0
    let control = ReplayControl(senderCount: 2)
    let run = ReplayRun(options, control: control)
    let result = try #require(
      try replay(run) {
        waitUntil { control.snapshot().completed.packets >= 5000 }
        control.requestStop()
      })
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

  @Test("does not wait for a second pass over a pipe that is too large to be kept", .timeLimit(.minutes(1)))
  func largePipe() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "cat '\(sample)' > '\(pipe)'"]
    try writer.run()
    var options = ReplayOptions(capturePaths: [pipe], queueCount: 2)
    options.loopCount = 0
    let result = ReplayRun(options, control: ReplayControl(senderCount: 2), keptLimit: 0).run()
    writer.waitUntilExit()
    #expect(result.ledger.completed.packets == 2000)
    #expect(ReplayStatus(of: result) == .inputOutputFailed)
    #expect(result.problems.count == 1 && result.problems[0].contains("pipe"))
  }

  @Test("says so when a capture is gone or changed in a later pass", .timeLimit(.minutes(1)), arguments: [true, false])
  func changedCapture(isRemoved: Bool) throws {
    let folder = try TemporaryFolder()
    let copy = folder.path("copy.pcap")
    try FileManager.default.copyItem(atPath: sample, toPath: copy)
    var options = ReplayOptions(capturePaths: [copy], queueCount: 1)
    options.loopCount = 0
    let control = ReplayControl(senderCount: 1)
    let run = ReplayRun(options, control: control, keptLimit: 0)
    let result = try #require(
      try replay(run) {
        waitUntil { control.snapshot().completed.packets >= 4000 }
        #expect((isRemoved ? unlink(copy) : truncate(copy, 24)) == 0)
      })
    #expect(!result.problems.isEmpty)
    #expect(result.problems.allSatisfy { $0.contains(copy) })
    #expect([65, 66, 74].contains(ReplayStatus(of: result).rawValue))
    #expect(result.ledger.completed == result.ledger.offered)
  }

  @Test("does not take a short drain timeout for a limit on sending", arguments: [0, 1000] as [UInt64])
  func shortDrain(timeout: UInt64) {
    let result = replay([sample]) {
      $0.hostMode = .threads
      $0.loopCount = 20
      $0.drainTimeout = timeout
    }
    #expect(result.failure == nil)
    #expect(result.ledger.offered.packets == 40_000)
    #expect(result.imbalances == [])
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

  @Test("stops at a sink that cannot be written, and says what it could not deliver", .timeLimit(.minutes(1)))
  func fullDisk() {
    let result = replay([sample]) {
      $0.sink = .pcap(path: "/dev/full")
      $0.loopCount = 0
    }
    #expect(ReplayStatus(of: result) == .inputOutputFailed)
    #expect(result.problems.count { $0.contains("/dev/full") } == 1)
    #expect(result.ledger.offered == result.ledger.completed + result.ledger.failed)
  }
}
