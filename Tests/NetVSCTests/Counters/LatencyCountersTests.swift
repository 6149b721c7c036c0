import NetVSC
import TestSupport
import Testing
import WireFormats

@Suite("The latency counters")
struct LatencyCountersTests {
  /// The counters of a sender whose messages took these times, in nanoseconds: one message each.
  private func counters(of durations: [UInt64], start: UInt64 = 1) throws -> LatencyCounters {
    let host = try ScriptedHost(clock: ManualClock(start: start))
    let device = try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    var sender = try device.makeSender(queue: 0)
    host.onAttend = { _, _ in }
    let channel = host.channels[0]!
    for duration in durations {
      try sender.publish([Frames.golden])
      host.clock.advance(by: duration)
      while let packet = try host.take(from: channel) {
        if packet.isFrame { try host.send(host.complete(packet), on: channel) }
      }
      try sender.poll()
    }
    let latencies = sender.finish().latencies
    device.close()
    return latencies
  }

  @Test("know every value below 64 exactly")
  func exact() throws {
    let latencies = try counters(of: Array(0..<64))
    #expect(latencies.buckets.map(\.nanoseconds) == Array(0..<64))
    #expect(latencies.buckets.allSatisfy { $0.count == 1 })
    #expect(latencies.count == 64)
    #expect(latencies.maximum == 63)
  }

  @Test("are wrong by at most 3.2 percent above, and never too low")
  func error() throws {
    var chance = SeededGenerator(for: "latency errors")
    let bounds: [UInt64] = (6..<40).flatMap { (power: UInt64) -> [UInt64] in
      let value: UInt64 = 1 << power
      return [value - 1, value, value + 1, value + value / 32 - 1, value + value / 32]
    }
    let values = bounds + (0..<200).map { _ in UInt64.random(in: 64..<1 << 40, using: &chance) >> (chance.next() % 34) }
    // A larger one beside it, so that the value of its counter is not cut to the largest that was met.
    for value in values where value < 1 << 40 {
      let latencies = try counters(of: [value, 1 << 41])
      let bucket = try #require(latencies.buckets.first)
      #expect(bucket.nanoseconds >= value)
      #expect(Double(bucket.nanoseconds - value) <= 0.032 * Double(value), "\(value): \(bucket)")
    }
  }

  @Test("know the largest value exactly, and count no bucket above it")
  func maximum() throws {
    for value in [0, 63, 64, 1000, 1_000_003, 1 << 39 + 5] as [UInt64] {
      let latencies = try counters(of: [value / 2, value])
      #expect(latencies.maximum == value)
      #expect(latencies.buckets.last?.nanoseconds == value)
    }
  }

  @Test("put everything from 18 minutes on into the last one")
  func saturation() throws {
    let latencies = try counters(of: [1 << 40, 1 << 41, 1 << 50, 1 << 62])
    #expect(latencies.buckets.count == 1)
    #expect(latencies.buckets.first?.count == 4)
    #expect(latencies.maximum == 1 << 62)
  }

  @Test("count each value, in order of value")
  func order() throws {
    let latencies = try counters(of: [500, 20, 500, 7, 20, 500])
    #expect(latencies.buckets.map(\.count) == [1, 2, 3])
    #expect(latencies.buckets.map(\.nanoseconds) == latencies.buckets.map(\.nanoseconds).sorted())
    #expect(latencies.count == 6)
  }

  @Test("add up as if all had been counted in one")
  func merge() throws {
    let (left, right) = ([1, 70, 70, 1 << 20] as [UInt64], [0, 70, 1 << 39] as [UInt64])
    var sum = try counters(of: left)
    sum.add(try counters(of: right))
    let whole = try counters(of: left + right)
    #expect(sum.count == whole.count)
    #expect(sum.maximum == whole.maximum)
    #expect(sum.buckets.map(\.count) == whole.buckets.map(\.count))
    #expect(sum.buckets.map(\.nanoseconds) == whole.buckets.map(\.nanoseconds))

    sum.add(LatencyCounters())
    #expect(sum.count == whole.count)
  }

  @Test("are empty before anything completed")
  func empty() {
    #expect(LatencyCounters().count == 0)
    #expect(LatencyCounters().maximum == 0)
    #expect(LatencyCounters().buckets.isEmpty)
  }
}
