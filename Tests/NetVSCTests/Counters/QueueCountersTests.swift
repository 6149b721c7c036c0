import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("The ledger")
struct QueueCountersTests {
  @Test("adds packets and bytes")
  func sums() {
    var sum = PacketCount(1, 60)
    sum += PacketCount(2, 3000)
    #expect(sum == PacketCount(3, 3060))
    #expect(QueueCounters().refused == PacketCount())
    #expect(QueueCounters().balances)
  }

  @Test(
    "balances after every event, whatever guest and host do",
    arguments: RingMode.allCases, RingMapping.allCases)
  func randomEvents(mode: RingMode, mapping: RingMapping) throws {
    var run = try LedgerRun(mode: mode, mapping: mapping)
    for _ in 0..<5000 {
      try run.step()
      let isExact = run.isExact
      try #require(isExact, "\(run.history)")
    }
    let counters = try run.end()
    #expect(counters.balances)
    #expect(counters.completed.packets > 100 && counters.failed.packets > 100 && counters.lost.packets > 0)
    #expect(counters.unknownCompletions > 100)
  }
}
