import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing

@Suite("Threads that share a queue")
struct SharedQueueRunTests {
  @Test(
    "lose nothing, and never sleep past what they wait for", arguments: [HostExecution.inline, .threads],
    [RingMode.ordered, .cooperative])
  func run(execution: HostExecution, mode: RingMode) throws {
    for (senderCount, queueCount) in [(1, 1), (2, 1), (8, 1), (3, 2)] {
      let chance = SeededGenerator(for: "threads that share a queue, \(execution), \(mode), \(senderCount)")
      let host = try Host(HostConfiguration(execution: execution, sink: .verify))
      var configuration = DeviceConfiguration()
      configuration.queueCount = queueCount
      configuration.sendersPerQueue = senderCount
      configuration.ringMode = mode
      // Small, so that they wait often.
      configuration.ringByteCount = 2 * 4096
      configuration.sectionsPerQueue = 2 * senderCount
      configuration.spareSections = 3
      configuration.largeBuffersPerQueue = 1
      let device = try Device.open(host.offer, configuration)
      let laneCount = senderCount * queueCount
      let results = Mutex<[TrafficResult]>([])
      try runConcurrently(laneCount) { lane in
        let traffic = RandomTraffic(seed: chance.seed &+ UInt64(lane), frameCount: 8000 / laneCount)
        let result = traffic.run(
          on: device, queue: lane % queueCount, number: lane / queueCount, patience: 20_000_000_000)
        results.withLock { $0.append(result) }
      }
      device.close()
      let statistics = host.statistics()
      host.shutDown()
      #expect(statistics.problem == nil)
      var total = QueueCounters()
      var digest: UInt64 = 0
      for result in results.withLock({ $0 }) {
        #expect(result.problem == nil)
        #expect(result.wasDrained)
        #expect(result.counters.balances)
        #expect(!result.sleptInVain, "somebody watches the ring while others sleep")
        total += result.counters
        digest &+= result.digest
      }
      #expect(total.offered.packets == UInt64(8000 / laneCount * laneCount))
      #expect(total.completed == total.offered)
      #expect(total.unknownCompletions == 0)
      #expect(total.messages == total.completions)
      #expect(statistics.total.receivedPackets == total.completed.packets)
      #expect(statistics.total.digest == digest)
    }
  }
}
