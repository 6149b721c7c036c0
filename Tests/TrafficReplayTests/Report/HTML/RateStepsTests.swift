import Testing
import TrafficReplay

@Suite("The steps of a rate")
struct RateStepsTests {
  private func samples(_ packets: [UInt64], apart interval: UInt64 = 1_000_000) -> [ProgressSample] {
    packets.enumerated().map {
      ProgressSample(time: UInt64($0) * interval, completed: Tally(packets: $1, bytes: $1 * 100))
    }
  }

  @Test("are none where nothing was completed", arguments: [[], [0], [0, 0, 0]] as [[UInt64]])
  func nothing(packets: [UInt64]) {
    #expect(RateSteps(samples(packets), total: .zero, elapsed: 1000).steps.isEmpty)
  }

  @Test("are one, the mean, where the run was too short to be looked at", arguments: [[], [0, 900]] as [[UInt64]])
  func short(packets: [UInt64]) {
    let total = Tally(packets: 900, bytes: 90_000)
    let steps = RateSteps(samples(packets), total: total, elapsed: 450_000).steps
    #expect(steps == [RateSteps.Step(start: 0, end: 450_000, completed: total)])
    #expect(steps[0].packetsPerSecond == 2_000_000)
    #expect(steps[0].bitsPerSecond == 1_600_000_000)
  }

  @Test("leave out what came before the first packet and after the last")
  func ends() {
    let packets: [UInt64] = [0, 0, 0, 100, 300, 600, 600, 600]
    let steps = RateSteps(samples(packets), total: Tally(packets: 600, bytes: 60_000), elapsed: 3_000_000).steps
    #expect(steps.map(\.completed.packets) == [100, 200, 300])
    #expect(steps.map(\.start) == [0, 1_000_000, 2_000_000])
    #expect(steps.last?.end == 3_000_000)
  }

  @Test("have enough packets each to mean something")
  func few() {
    let steps = RateSteps(
      samples(Array(0...100)), total: Tally(packets: 100, bytes: 10_000), elapsed: 100_000_000
    ).steps
    #expect(steps.count == 5)
    #expect(steps.allSatisfy { $0.completed.packets == 20 })
  }

  @Test("are a bounded number, and miss no packet")
  func many() {
    let packets = (0..<600).map { UInt64($0) * 1_000_000 }
    let total = Tally(packets: packets[599], bytes: packets[599] * 100)
    let steps = RateSteps(samples(packets, apart: 144_000_000_000), total: total, elapsed: 86_400_000_000_000).steps
    #expect(steps.count <= 180 && steps.count > 100)
    #expect(steps.reduce(Tally.zero) { $0 + $1.completed } == total)
  }
}
