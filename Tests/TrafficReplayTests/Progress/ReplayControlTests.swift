import Testing
import TrafficReplay

@Suite("The control of a run")
struct ReplayControlTests {
  @Test("asks for a stop once it is told to")
  func stop() {
    let control = ReplayControl(senderCount: 1)
    #expect(!control.stopRequested)
    control.requestStop()
    #expect(control.stopRequested)
  }

  @Test("sums what its queues have published last")
  func snapshot() {
    let control = ReplayControl(senderCount: 3)
    #expect(control.snapshot() == ReplayProgress())
    for queue in control.senders {
      for round in 1...2 as ClosedRange<UInt64> {
        queue.publish(
          offered: Tally(packets: 10 * round, bytes: 1000), refused: Tally(packets: 1, bytes: 100),
          completed: Tally(packets: 5, bytes: 500), failed: Tally(packets: 2, bytes: 200))
      }
    }
    control.expect(packets: 0)
    let progress = control.snapshot()
    #expect(progress.offered == Tally(packets: 60, bytes: 3000))
    #expect(progress.refused == Tally(packets: 3, bytes: 300))
    #expect(progress.completed == Tally(packets: 15, bytes: 1500))
    #expect(progress.failed == Tally(packets: 6, bytes: 600))
    #expect(progress.expectedPackets == 0)
    #expect(progress.sentPackets == 57)
    #expect(progress.packetsInFlight == 36)
  }

  @Test("never shows fewer than no packets in flight")
  func ahead() {
    var progress = ReplayProgress()
    progress.completed = Tally(packets: 5, bytes: 500)
    progress.refused = Tally(packets: 5, bytes: 500)
    #expect(progress.sentPackets == 0)
    #expect(progress.packetsInFlight == 0)
  }
}
