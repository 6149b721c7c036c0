import NetVSC
import NetVSP
import TestSupport
import Testing
import VMBusRing

@Suite("A guest of a host that does wrong")
struct HostFaultTests {
  private static func faults(_ prepare: (inout HostFaults) -> Void) -> HostFaults {
    var faults = HostFaults()
    prepare(&faults)
    return faults
  }

  /// Faults after which everything comes back.
  private static let survivable = [
    HostFaults(), faults { $0.failingAfter = 0 }, faults { $0.failingAfter = 50 }, faults { $0.delay = 10 },
    faults { $0.delay = 100 }, faults { $0.duplicatingAfter = 0 }, faults { $0.inventingAfter = 0 },
    faults {
      $0.duplicatingAfter = 20
      $0.inventingAfter = 30
      $0.failingAfter = 40
      $0.delay = 7
    },
  ]

  @Test("gets everything back, and knows of each packet what became of it", arguments: survivable, RingMode.allCases)
  func survives(faults: HostFaults, ringMode: RingMode) throws {
    for lends in [false, true] {
      let seed = SeededGenerator(for: "survives \(faults), \(ringMode), \(lends)").seed
      let run = try FaultRun(faults, ringMode: ringMode)
      let outcome = try run.send(eventCount: 2000, lends: lends, seed: seed)
      let counters = outcome.counters
      #expect(outcome.error == nil)
      #expect(outcome.wasExact)
      #expect(counters.balances)
      #expect(counters.lost == PacketCount())
      #expect(outcome.everyLoanCameBack)
      #expect(outcome.lentCount > 0 || !lends)
      let truthful = faults.failingAfter ?? .max
      #expect(counters.completed.packets == min(counters.published.packets, truthful))
      #expect((counters.unknownCompletions > 0) == (faults.duplicatingAfter != nil || faults.inventingAfter != nil))
      #expect(run.host.statistics().total.receivedBytes == counters.published.bytes)
      #expect(try run.freeSectionCount() == FaultRun.sectionCount)
      run.device.close()
    }
  }

  @Test("names as lost what a host that hangs has not read")
  func hanging() throws {
    let run = try FaultRun(Self.faults { $0.hangingAfter = 10 })
    let outcome = try run.send(eventCount: 2000, lends: false, seed: SeededGenerator(for: "hanging").seed)
    #expect(outcome.wasExact && outcome.counters.balances)
    #expect(outcome.counters.completed.packets == 10)
    #expect(outcome.counters.lost.packets == UInt64(FaultRun.sectionCount))
    #expect(try run.freeSectionCount() == 0)
    run.device.close(timeout: 0)
  }

  @Test(
    "names as lost what the host never completes, and keeps its memory from others", arguments: [0, 10] as [UInt64])
  func silence(after limit: UInt64) throws {
    for lends in [false, true] {
      let seed = SeededGenerator(for: "silence \(limit), \(lends)").seed
      let run = try FaultRun(Self.faults { $0.silentAfter = limit })
      let outcome = try run.send(eventCount: 2000, lends: lends, seed: seed)
      let counters = outcome.counters
      #expect(outcome.wasExact && counters.balances)
      #expect(counters.completed.packets == limit)
      #expect(counters.lost.packets == counters.reserved.packets - limit)
      #expect(counters.lost.bytes == counters.reserved.bytes - counters.completed.bytes)
      #expect(outcome.everyLoanCameBack)
      #expect(outcome.fates.values.count { $0 == [.lost] } <= counters.lost.packets)
      if !lends {
        #expect(counters.lost.packets == UInt64(FaultRun.sectionCount), "all sections are with the host")
        #expect(try run.freeSectionCount() == 0)
      }
      run.device.close()
    }
  }

  @Test("gets late completions for what it gave up, and takes them for nothing else")
  func lateness() throws {
    let run = try FaultRun(Self.faults { $0.delay = 1000 })
    var sender = try run.device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<10))
    let isDrained = try sender.drain(timeout: 0)
    #expect(!isDrained)
    #expect(sender.finish().counters.lost == PacketCount(10, 600))
    var next = try run.device.makeSender(queue: 0)
    try next.publish(Frames.numbered(10..<14))
    for _ in 0..<1100 where next.inFlightCount > 0 {
      try next.wait(timeout: 0)
      try next.poll()
    }
    let counters = next.finish().counters
    #expect(counters.completed == PacketCount(4, 240))
    #expect(counters.unknownCompletions == 10)
    #expect(try run.freeSectionCount() == FaultRun.sectionCount)
    run.device.close()
  }

  @Test("has a deadline for its farewell to a host that does not answer", .timeLimit(.minutes(1)))
  func farewell() throws {
    for execution in [HostExecution.inline, .threads] {
      var hosting = HostConfiguration(execution: execution)
      hosting.faults.hangingAfter = 0
      let host = try Host(hosting)
      var configuration = DeviceConfiguration()
      configuration.answerTimeout = 1_000_000_000_000
      let device = try Device.open(host.offer, configuration)
      var sender = try device.makeSender(queue: 0)
      try sender.publish([Frames.golden])
      let isDrained = try sender.drain(timeout: 20_000_000)
      #expect(!isDrained)
      #expect(sender.finish().counters.lost == PacketCount(1, 60))
      device.close(timeout: 20_000_000)
      #expect(host.offer.bus.channels.allSatisfy { !$0.isRescinded })
    }
  }

  @Test("ends with the host that dies, and names what was in flight", arguments: [0, 1, 100] as [UInt64])
  func death(after limit: UInt64) throws {
    for lends in [false, true] {
      let seed = SeededGenerator(for: "death \(limit), \(lends)").seed
      let run = try FaultRun(Self.faults { $0.dyingAfter = limit })
      let outcome = try run.send(eventCount: 2000, lends: lends, seed: seed)
      #expect(outcome.error == .rescinded("the host died"))
      #expect(outcome.wasExact && outcome.counters.balances)
      #expect(outcome.counters.completed.packets <= limit)
      #expect(outcome.counters.failed == PacketCount())
      #expect(outcome.everyLoanCameBack)
      run.device.close()
      #expect(run.host.statistics().problem == nil)
    }
  }

  @Test("meets the same fate twice with the same seed")
  func determinism() throws {
    let faults = Self.faults {
      $0.delay = 13
      $0.failingAfter = 60
      $0.duplicatingAfter = 80
      $0.inventingAfter = 90
      $0.silentAfter = 200
    }
    var outcomes: [FaultRun.Outcome] = []
    for _ in 0..<2 { outcomes.append(try FaultRun(faults).send(eventCount: 3000, lends: true, seed: 42)) }
    #expect(outcomes[0] == outcomes[1])
    #expect(outcomes[0].counters.failed.packets > 0 && outcomes[0].counters.lost.packets > 0)
  }

  @Test("works with the sub-channels that open", arguments: [HostExecution.inline, .threads], 1...4)
  func subchannels(execution: HostExecution, first: Int) throws {
    var hosting = HostConfiguration(execution: execution, sink: .verify)
    hosting.faults.closedFromSubchannel = first
    let host = try Host(hosting)
    var configuration = DeviceConfiguration()
    configuration.queueCount = 4
    let device = try Device.open(host.offer, configuration)
    #expect(device.queueCount == first)
    for queue in 0..<device.queueCount {
      var sender = try device.makeSender(queue: queue)
      try sender.publish([Frames.golden])
      let isDrained = try sender.drain(timeout: 5_000_000_000)
      #expect(isDrained)
      #expect(sender.finish().counters.completed == PacketCount(1, 60))
    }
    for hash in 0..<16 as Range<UInt32> { #expect(device.flowSteering.queue(forFlowHash: hash) < first) }
    device.close()
    #expect(host.statistics().problem == nil)
  }
}
