import NetVSC
import PacketCapture
import TestSupport
import Testing
import TrafficReplay

/// What other replay programs were found to do wrong, each named by its report; `WhatUsersAskedFor.md` has all of them.
@Suite("Faults of other replay programs")
struct KnownReplayFaultTests {
  private let folder: TemporaryFolder
  private let time = PassingClock()

  init() throws { folder = try TemporaryFolder() }

  /// A capture of frames of 60 bytes with these times.
  private func capture(timestamps: [Int64]) throws -> String {
    let path = folder.path("sent.pcap")
    var writer = try CaptureWriter(path: path)
    for timestamp in timestamps { try writer.append([UInt8](repeating: 0, count: 60), timestamp: timestamp) }
    try writer.close()
    return path
  }

  /// Replays at a pace in time that a test can do without, and returns when packets arrived, from the first on.
  private func arrivals(
    _ path: String, _ pace: Pace, keptLimit: Int = ReplayRun.keptLimit,
    _ change: (inout ReplayOptions) -> Void = { _ in }
  ) throws -> [Int64] {
    let copy = folder.path("arrived.pcap")
    var options = ReplayOptions(capturePaths: [path], queueCount: 1, pace: pace, sink: .pcap(path: copy))
    change(&options)
    let result = ReplayRun(
      options, control: ReplayControl(senderCount: options.senderCount), clock: time.clock,
      wallClock: { [time] in Int64(time.now) }, sleep: { [time] in time.sleep($0) }, keptLimit: keptLimit
    ).run()
    #expect(result.problems == [])
    var reader = try CaptureReader(path: copy)
    var times: [Int64] = []
    while let packet = try reader.next() { times.append(packet.timestamp) }
    return times.map { $0 - times[0] }
  }

  /// What a look at the clock and a burst take here, in nanoseconds.
  private static let tolerance: Int64 = 5000

  @Test("one packet a second is one a second, and the second one waits as well (tcpreplay 1150, 418)")
  func onePacketASecond() throws {
    let times = try arrivals(capture(timestamps: [0, 0, 0, 0, 0]), .packets(Rate(1)))
    #expect(times.count == 5)
    for (time, second) in zip(times, Int64(0)...) { #expect(abs(time - second * 1_000_000_000) <= Self.tolerance) }
  }

  @Test("the pace of late packets is that of the first (tcpreplay 974, 679, 779, 629)")
  func latePackets() throws {
    let paces: [Pace] = [.packets(Rate(185_000)), .megabits(Rate(10)), .timed(speed: Rate(10))]
    for pace in paces {
      let schedule = try #require(Schedule(pace, start: 0))
      let span = schedule.departure(at: 1_000_000)
      for mark in [1 << 31, 22_000_000, 1 << 32, 5_370_000_000, 10_000_000_000, 1 << 50] as [UInt128] {
        let later = schedule.departure(at: mark + 1_000_000) - schedule.departure(at: mark)
        // Each of the two may have lost what is below a nanosecond.
        #expect(later + 1 >= span && later <= span + 1, "\(pace) at \(mark)")
      }
    }
  }

  @Test("what one packet is late the next ones are not (tcpreplay 630, 724, 915)")
  func noAccumulation() throws {
    let times = try arrivals(capture(timestamps: Array(repeating: 0, count: 1000)), .packets(Rate(9999))) {
      $0.loopCount = 3
    }
    #expect(times.count == 3000)
    #expect(zip(times, Int64(0)...).allSatisfy { abs($0 - $1 * 1_000_000_000 / 9999) <= Self.tolerance })
  }

  @Test("fast rates are met (tcpreplay 235, synfinatic 112)")
  func fastRates() throws {
    let path = try capture(timestamps: Array(repeating: 0, count: 3000))
    let packets = try #require(try arrivals(path, .packets(Rate(150_000))).last)
    #expect(abs(packets - 2999 * 1_000_000_000 / 150_000) <= Self.tolerance)
    // A frame has 480 bits, which take 120 ns.
    let megabits = try #require(try arrivals(path, .megabits(Rate(4000))).last)
    #expect(abs(megabits - 2999 * 120) <= 2 * Self.tolerance)
  }

  @Test("every packet that counts has arrived, however few or often (tcpreplay 1078, 39, 255, 749)")
  func everyCount() throws {
    let path = try capture(timestamps: Array(repeating: 0, count: 179))
    for (hostMode, loops) in [(HostMode.inline, 1), (.threads, 10), (.threads, 100)] as [(HostMode, UInt64)] {
      let result = replay([path]) {
        $0.hostMode = hostMode
        $0.loopCount = loops
      }
      #expect(result.ledger.completed == Tally(packets: 179 * loops, bytes: 179 * loops * 60))
      #expect(result.host.received == result.ledger.completed)
      #expect(result.queues.map(\.published).reduce(.zero, +) == result.ledger.completed)
      #expect(result.captures[0].packets == 179)
    }
  }

  @Test("a capture that is not kept is read anew for each loop, at the pace of the first (tcpreplay 189, 241, 191)")
  func streamedLoops() throws {
    let path = try capture(timestamps: Array(repeating: 0, count: 500))
    let times = try arrivals(path, .packets(Rate(1000)), keptLimit: 0) { $0.loopCount = 4 }
    #expect(times.count == 2000)
    #expect(zip(times, Int64(0)...).allSatisfy { abs($0 - $1 * 1_000_000) <= Self.tolerance })
  }

  /// Others stopped at 2^19, or went slowly with so many flows.
  @Test("many packets, in 45,000 flows, are as many and as whole (pktgen 106, 345, tcpreplay 130)")
  func manyPackets() throws {
    let packetCount: UInt64 = LongTests.areWanted ? 524_289 : 90_001
    let path = folder.path("many.pcap")
    let plan = TrafficPlan(amount: .packets(packetCount), sizes: .range(60...60), flowCount: 45_000)
    #expect(try GeneratedCapture(of: plan, writingTo: path).isComplete)
    let result = replay([path]) { $0.queueCount = 2 }
    #expect(result.ledger.completed == Tally(packets: packetCount, bytes: packetCount * 60))
    #expect(result.verify?.match == true)
    #expect(result.queues.allSatisfy { $0.completed.packets > packetCount / 5 })
  }

  @Test("all of 64 queues are used, and by flow as many as the host's table names (pktgen 346)")
  func allQueues() {
    for (steering, expected) in [(Steering.roundRobin, 64), (.flow, 16)] {
      let result = replay([PackageFolders.firstRun]) {
        $0.queueCount = 64
        $0.steering = steering
      }
      #expect(result.queues.count { $0.completed.packets > 0 } == expected)
      #expect(result.ledger.completed.packets == 2000)
    }
  }

  @Test("times that are nanoseconds apart are kept apart (tcpreplay 621, ostinato 238)")
  func nanoseconds() throws {
    let stamps: [Int64] = [1_700_000_000_000_000_001, 1_700_000_000_000_000_002, 1_700_000_000_000_001_000]
    let times = try arrivals(capture(timestamps: stamps), .timed(speed: try #require(Rate("0.00001"))))
    // A nanosecond is a tenth of a millisecond here.
    #expect(times.count == 3)
    for (time, stamp) in zip(times, stamps) { #expect(abs(time - (stamp - stamps[0]) * 100_000) <= Self.tolerance) }
  }
}
