import PacketCapture
import SharedMemory
import Synchronization
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay into a host that misbehaves, or grants less")
struct FaultyHostReplayTests {
  private func fault(_ text: String) throws -> HostFault { try #require(HostFault(text)) }

  private func capture(_ frames: [TestFrame], in folder: TemporaryFolder) throws -> String {
    let path = folder.path("frames.pcap")
    var writer = try CaptureWriter(path: path)
    for frame in frames { try writer.append(frame.bytes(), timestamp: 0) }
    try writer.close()
    return path
  }

  private func frame(_ payloadByteCount: Int, _ change: (inout TestFrame) -> Void = { _ in }) -> TestFrame {
    var frame = TestFrame()
    frame.payload = (0..<payloadByteCount).map { UInt8(truncatingIfNeeded: $0) }
    change(&frame)
    return frame
  }

  @Test(
    "refuses long TCP frames that the host does not cut, and says so once", arguments: CopyChoice.allCases, [nil, 1000])
  func noLargeSends(copy: CopyChoice, segmentByteCount: Int?) throws {
    let folder = try TemporaryFolder()
    let path = try capture([frame(100), frame(3000), frame(5000) { $0.isIPv6 = true }, frame(1460)], in: folder)
    let fault = try fault("no-large-sends")
    let result = replay([path]) {
      $0.frameLimit = 1514
      $0.copy = copy
      $0.segmentByteCount = segmentByteCount
      $0.faults = [fault]
    }
    #expect(result.queues[0].refusedByReason == [.tooLarge: 2])
    #expect(result.ledger.completed.packets == 2)
    #expect(result.verify?.match == true)
    #expect(result.notes == ["the host does not cut some TCP frames above the MTU into segments: those are refused"])
    #expect(result.problems == ["2 of 4 packets were refused: 2 above the MTU of 1514 bytes (--mtu)"])
    #expect(ReplayStatus(of: result) == .incomplete)
  }

  @Test("says nothing of segments where no frame needs them")
  func nothingToCut() throws {
    let fault = try fault("no-large-sends")
    let result = replay([PackageFolders.firstRun]) { $0.faults = [fault] }
    #expect(result.notes == [])
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("leaves tags in their frames where the host takes none beside them, and says so", arguments: [true, false])
  func noTags(isAsked: Bool) throws {
    let folder = try TemporaryFolder()
    let out = folder.path("out.pcap")
    let path = try capture([frame(100) { $0.tags = [0x2064] }, frame(200)], in: folder)
    let fault = try fault("old")
    let result = replay([path]) {
      $0.frameLimit = 1514
      $0.sink = .pcap(path: out)
      $0.vlanOffload = isAsked
      $0.faults = [fault]
    }
    #expect(try frames(of: out) == frames(of: path))
    let note = "the host takes no tags beside frames: they stay where they are (--vlan-offload)"
    #expect(result.notes == (isAsked ? [note] : []))
    #expect(ReplayStatus(of: result) == .complete)
  }

  @Test("goes by the frame size of a host that takes less, and cuts what is longer")
  func shorterFrames() throws {
    let folder = try TemporaryFolder()
    let path = try capture([frame(3000), frame(3000) { $0.isUDP = true }, frame(100)], in: folder)
    let fault = try fault("old")
    let result = replay([path]) {
      $0.queueCount = 3
      $0.faults = [fault]
    }
    #expect(result.frameLimit == 1514)
    #expect(result.queueCount == 1 && result.queues.count == 1)
    #expect(result.queues[0].refusedByReason == [.tooLarge: 1])
    #expect(result.host.delivered.packets == 4)
    #expect(result.verify?.match == true)
    #expect(
      result.notes == [
        "1 queue was opened of the 3 asked for: the host opens no more",
        "the host takes frames of up to 1514 bytes only",
      ])
    #expect(result.problems == ["1 of 3 packets was refused: 1 above the MTU of 1514 bytes (--mtu)"])
  }

  @Test("counts what a host completed before it died", arguments: HostMode.allCases, [1, 2])
  func death(hostMode: HostMode, queueCount: Int) throws {
    let fault = try fault("die:10")
    let result = replay([PackageFolders.firstRun]) {
      $0.hostMode = hostMode
      $0.queueCount = queueCount
      $0.loopCount = 0
      $0.faults = [fault]
    }
    #expect(ReplayStatus(of: result) == .hostGone)
    #expect(result.failure == .hostWentAway("the channel was taken away: the host died"))
    // Each message carries eight packets here, and one channel at least got so far.
    #expect((80...UInt64(queueCount) * 80).contains(result.ledger.completed.packets))
    #expect(result.ledger.lost.packets > 0)
    #expect(result.imbalances == [])
    #expect(result.problems.count == 2)
  }

  @Test(
    "gives up a host that completes nothing while there is no room, after the drain timeout and a second at least",
    .timeLimit(.minutes(1)), arguments: HostMode.allCases, CopyChoice.allCases)
  func stall(hostMode: HostMode, copy: CopyChoice) throws {
    let fault = try fault("silent:3")
    let start = MonotonicClock.monotonic.now()
    let result = replay([PackageFolders.firstRun]) {
      $0.hostMode = hostMode
      $0.copy = copy
      $0.loopCount = 0
      $0.drainTimeout = 0
      $0.faults = [fault]
    }
    #expect(MonotonicClock.monotonic.now() - start >= 1_000_000_000)
    #expect(ReplayStatus(of: result) == .hostGone)
    #expect(result.problems.first?.hasPrefix("the host completed nothing for 1.00 s (--drain-timeout)") == true)
    #expect(result.ledger.lost.packets > 0)
    #expect(result.imbalances == [])
  }

  @Test("has a stall limit that follows the drain timeout")
  func stallTimeout() {
    var options = ReplayOptions(capturePaths: [], queueCount: 1)
    for (drain, stall) in [(0, 1_000_000_000), (999_999_999, 1_000_000_000), (7_000_000_000, 7_000_000_000)]
      as [(UInt64, UInt64)]
    {
      options.drainTimeout = drain
      #expect(options.stallTimeout == stall)
    }
  }

  @Test("keeps the ledger of the senders that ran when a thread cannot be started", arguments: [0, 1, 2])
  func noThread(started: Int) {
    let count = Mutex(0)
    let options = ReplayOptions(capturePaths: [PackageFolders.firstRun], queueCount: 3, loopCount: 0)
    let run = ReplayRun(
      options, control: ReplayControl(senderCount: 3),
      startThread: { body throws(SystemError) in
        let index = count.withLock { count in
          defer { count += 1 }
          return count
        }
        guard index < started else { throw SystemError(call: "pthread_create", code: 11) }
        return try WorkerThread(body)
      })
    let result = run.run()
    #expect(count.withLock(\.self) == started + 1)
    #expect(ReplayStatus(of: result) == .internalFault)
    #expect(result.queues.count == 3)
    #expect(result.imbalances == [])
    #expect(result.ledger.offered == result.ledger.completed)
    #expect(result.problems.count == 1 && result.problems[0].hasPrefix("a sender's thread cannot be started"))
  }
}
