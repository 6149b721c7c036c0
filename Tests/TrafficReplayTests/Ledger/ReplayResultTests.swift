import Testing
import TrafficReplay

@Suite("The figures of a result")
struct ReplayResultTests {
  @Test("are completed packets and bits over the time they took")
  func rates() {
    let result = sampleResult()
    #expect(result.seconds == 0.001)
    #expect(result.packetsPerSecond == 2_000_000)
    #expect(result.bitsPerSecond == 1_600_000_000)
    #expect(result.departuresPerSecond == 1999 / 0.0009)
  }

  @Test("are 0 or absent when no time passed")
  func noTime() {
    var result = sampleResult()
    result.elapsed = 0
    result.departureSpan = 0
    #expect(result.packetsPerSecond == 0)
    #expect(result.bitsPerSecond == 0)
    #expect(result.departuresPerSecond == nil)
  }

  @Test("have no pace with a single departure")
  func oneDeparture() {
    #expect(sampleResult(queueCount: 1, packetsPerQueue: 10).departuresPerSecond == 9 / 0.0009)
    var result = sampleResult(queueCount: 1, packetsPerQueue: 10)
    result.queues[0].published = Tally(packets: 1, bytes: 100)
    #expect(result.departuresPerSecond == nil)
  }
}
