import Testing
import TrafficReplay

@Suite("Latency percentiles")
struct LatencyPercentilesTests {
  @Test("are absent when nothing was counted")
  func absent() {
    #expect(LatencyPercentiles(merging: []) == nil)
    #expect(LatencyPercentiles(merging: [LatencyBucket(nanoseconds: 5, count: 0)]) == nil)
  }

  @Test("are found among buckets of any order, equal ones merged")
  func percentiles() throws {
    let buckets = [
      LatencyBucket(nanoseconds: 500, count: 1), LatencyBucket(nanoseconds: 100, count: 4_000),
      LatencyBucket(nanoseconds: 400, count: 9), LatencyBucket(nanoseconds: 200, count: 4_000),
      LatencyBucket(nanoseconds: 300, count: 990), LatencyBucket(nanoseconds: 100, count: 1_000),
    ]
    let latency = try #require(LatencyPercentiles(merging: buckets))
    #expect(latency.p50 == 100)
    #expect(latency.p90 == 200)
    #expect(latency.p99 == 300)
    #expect(latency.p999 == 300)
    #expect(latency.p9999 == 400)
    #expect(latency.max == 500)
  }

  @Test("are exact to three digits for a latency of any length", arguments: [1, 123_456_789, UInt64.max])
  func extremes(nanoseconds: UInt64) throws {
    let latency = try #require(LatencyPercentiles(merging: [LatencyBucket(nanoseconds: nanoseconds, count: 1)]))
    let expected = min(nanoseconds, UInt64(Int64.max))
    #expect(latency.max == expected)
    #expect(latency.p50 == expected)
  }
}
