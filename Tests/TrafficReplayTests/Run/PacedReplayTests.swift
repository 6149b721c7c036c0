import NetVSC
import PacketCapture
import SharedMemory
import Synchronization
import TestSupport
import Testing
import TrafficReplay

@Suite("A replay at a pace")
struct PacedReplayTests {
  private let sample = PackageFolders.firstRun
  private let folder: TemporaryFolder
  private let time = PassingClock()

  init() throws { folder = try TemporaryFolder() }

  /// Replays into a capture that is stamped by the clock that the replay goes by. Returns the stamps, from the first on.
  private func arrivals(
    _ paths: [String], at pace: Pace, control: ReplayControl? = nil, keptLimit: Int = ReplayRun.keptLimit,
    _ change: (inout ReplayOptions) -> Void = { _ in }
  ) throws -> (times: [UInt64], result: ReplayResult) {
    let copy = folder.path("arrived.pcap")
    var options = ReplayOptions(capturePaths: paths, queueCount: 1, pace: pace, sink: .pcap(path: copy))
    change(&options)
    let control = control ?? ReplayControl(senderCount: options.senderCount)
    let result = ReplayRun(
      options, control: control, clock: time.clock, wallClock: { [time] in Int64(time.now) },
      sleep: { [time] in time.sleep($0) }, keptLimit: keptLimit
    ).run()
    var reader = try CaptureReader(path: copy)
    var times: [UInt64] = []
    while let packet = try reader.next() { times.append(UInt64(packet.timestamp)) }
    return (times.map { $0 - times[0] }, result)
  }

  /// A capture of frames of these sizes, in bytes, at these times.
  private func capture(_ frames: [(byteCount: Int, timestamp: Int64)], named name: String = "sent.pcap") throws
    -> String
  {
    let path = folder.path(name)
    var writer = try CaptureWriter(path: path)
    for frame in frames {
      try writer.append([UInt8](repeating: 0, count: frame.byteCount), timestamp: frame.timestamp)
    }
    try writer.close()
    return path
  }

  /// The time that passes from when the first packet is due to when it arrives, and as much for any other.
  private static let tolerance: UInt64 = 5000

  private func expect(_ times: [UInt64], at due: [UInt64]) {
    #expect(times.count == due.count)
    for (time, due) in zip(times, due) {
      #expect(time + Self.tolerance >= due && time <= due + Self.tolerance, "at \(time) instead of \(due)")
    }
  }

  @Test("of packets sends each when it is due, over all loops", arguments: [1, 0] as [Int])
  func packets(keptLimit: Int) throws {
    let path = try capture(Array(repeating: (60, 0), count: 40))
    let (times, result) = try arrivals([path], at: .packets(Rate(3)), keptLimit: keptLimit << 20) {
      $0.loopCount = 3
      $0.packetLimit = 100
    }
    expect(times, at: (0..<100).map { $0 * 1_000_000_000 / 3 })
    #expect(result.ledger.completed.packets == 100)
    #expect(result.problems == [])
    #expect(result.pacing?.packetCount == 100)
    #expect(result.pacing?.span == 33_000_000_000)
    #expect(try #require(result.gapError).max < Self.tolerance)
    #expect(result.askedPerSecond == 3)
    #expect(abs(try #require(result.departuresPerSecond) - 3) < 0.000_001)
    #expect(time.longestSleep <= 10_000_000)
  }

  @Test("of bits sends each when the bits before it are through, refused ones included")
  func megabits() throws {
    let sizes = [100, 1514, 13, 60, 9217, 64]
    let path = try capture(sizes.map { ($0, 0) })
    let (times, result) = try arrivals([path], at: .megabits(Rate(1))) { $0.loopCount = 2 }
    var due: [UInt64] = []
    var bits = 0
    for size in sizes + sizes {
      if size >= 14 && size <= 9216 { due.append(UInt64(bits) * 1000) }
      bits += size * 8
    }
    expect(times, at: due)
    #expect(result.pacing?.packetCount == 8)
    #expect(result.ledger.refused.packets == 4)
  }

  @Test(
    "of times keeps the captures' own: steps back, repeats, jumps, loops and further captures",
    arguments: [1, 0] as [Int])
  func timed(keptLimit: Int) throws {
    let first = try capture([0, 500_000, 400_000, 500_000, 40_000_000_000].map { (60, 7_000_000_000 + $0) })
    let second = try capture([100_000, 300_000].map { (60, $0) }, named: "second.pcap")
    let (times, result) = try arrivals(
      [first, second], at: .timed(speed: Rate(10)), keptLimit: keptLimit << 20
    ) { $0.loopCount = 3 }
    let pass: [UInt64] = [0, 50_000, 50_000, 50_000, 4_000_000_000, 5_000_000_000, 5_000_020_000]
    expect(times, at: (0..<3).flatMap { loop in pass.map { $0 + loop * 5_000_040_000 } })
    #expect(result.pacing?.span == 2 * 5_000_040_000 + 5_000_020_000)
    #expect(result.problems == [])
  }

  @Test("gathers in a burst what has become due meanwhile")
  func bursts() throws {
    let (times, result) = try arrivals([sample], at: .packets(Rate(100_000_000)))
    #expect(zip(times, 0...).allSatisfy { $0 + Self.tolerance >= $1 * 10 })
    #expect(result.host.messages < 1000)
  }

  @Test(
    "is one pace for all lanes, whoever runs the host and shares the queues: nothing leaves early",
    arguments: HostMode.allCases, [1, 2])
  func lanes(hostMode: HostMode, sendersPerQueue: Int) throws {
    for steering in Steering.allCases {
      let result = replay([sample]) {
        $0.queueCount = 2
        $0.sendersPerQueue = sendersPerQueue
        $0.ringMode = sendersPerQueue == 1 ? .exclusive : .cooperative
        $0.hostMode = hostMode
        $0.steering = steering
        $0.loopCount = 2
        $0.pace = .packets(Rate(100_000))
      }
      #expect(result.ledger.completed.packets == 4000)
      #expect(result.verify?.match == true)
      #expect(result.problems == [])
      #expect(result.pacing?.packetCount == 4000)
      #expect(result.pacing?.span == 39_990_000)
      // From the first departure, which may have been late, to the last, which was not early.
      let firstLateness = try #require(result.gapError).max
      #expect(result.departureSpan + firstLateness >= 39_990_000)
    }
  }

  @Test(
    "follows tags and segments as well", .enabled(if: SharedCaptures.arePresent),
    arguments: [CopyChoice.auto, .never, .always])
  func treatedFrames(copy: CopyChoice) throws {
    for (name, count) in [("vlan-and-qinq.pcap", 42), ("tso-superframes.pcap", 38)] as [(String, UInt64)] {
      let result = replay([try SharedCaptures.path(name)]) {
        $0.vlanOffload = true
        $0.copy = copy
        $0.pace = .packets(Rate(100_000))
      }
      #expect(result.ledger.completed.packets == count)
      #expect(result.pacing?.packetCount == count)
    }
  }

  @Test("is stopped at once while it waits for the next packet", arguments: HostMode.allCases)
  func interrupt(hostMode: HostMode) throws {
    var options = ReplayOptions(capturePaths: [sample], queueCount: 2, hostMode: hostMode, pace: .packets(Rate(1)))
    options.loopCount = 0
    let control = ReplayControl(senderCount: 2)
    let result = Mutex<ReplayResult?>(nil)
    let run = ReplayRun(options, control: control)
    try runConcurrently(2) { index in
      if index == 0 {
        result.withLock { $0 = run.run() }
      } else {
        waitUntil { control.snapshot().completed.packets > 0 }
        control.requestStop()
      }
    }
    let ended = try #require(result.withLock { $0 })
    #expect(ended.interrupted)
    // The third packet would have left after two seconds.
    #expect(ended.ledger.completed.packets <= 2)
  }

  @Test("notices a host that dies while it waits for the next packet", .timeLimit(.minutes(1)))
  func deadHost() throws {
    let fault = try #require(HostFault("die:0"))
    let result = replay([sample]) {
      $0.pace = .packets(Rate(1))
      $0.faults = [fault]
    }
    #expect(ReplayStatus(of: result) == .hostGone)
    #expect(result.ledger.offered.packets == 1)
    #expect(result.pacing?.packetCount == 1)
  }

  @Test("ends with its time, though the next packet is due in a thousand years")
  func duration() throws {
    let path = try capture([(60, 0), (60, .max)])
    let (times, result) = try arrivals([path], at: .timed(speed: try #require(Rate("0.001")))) {
      $0.duration = 2_000_000_000
    }
    #expect(times.count == 1)
    #expect(result.ledger.offered.packets == 1)
    #expect(ReplayStatus(of: result) == .complete)
    #expect(time.now < 1_000_000_000 + 2_100_000_000)
  }

  @Test("says nothing of a pace at top speed")
  func topSpeed() throws {
    let (_, result) = try arrivals([sample], at: .topSpeed)
    #expect(result.pacing == nil)
    #expect(result.askedPerSecond == nil)
  }
}
