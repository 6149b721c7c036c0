import Testing
import TrafficReplay

@Suite("The series of samples")
struct ProgressSeriesTests {
  private let millisecond: UInt64 = 1_000_000

  private func progress(_ packets: UInt64) -> ReplayProgress {
    var progress = ReplayProgress()
    progress.completed = Tally(packets: packets, bytes: packets * 100)
    return progress
  }

  @Test("begins with nothing, and keeps looks a millisecond apart")
  func short() {
    var series = ProgressSeries(startingAt: 5 * millisecond)
    series.record(progress(1), at: 5 * millisecond + 10)
    series.record(progress(2), at: 6 * millisecond)
    series.record(progress(3), at: 6 * millisecond + 999_999)
    series.end(with: progress(4), at: 6 * millisecond + 999_999)
    series.end(with: progress(4), at: 6 * millisecond + 999_999)
    #expect(series.samples.map(\.time) == [0, millisecond, 1_999_999])
    #expect(series.samples.map(\.completed.packets) == [0, 2, 4])
  }

  @Test("keeps a bounded number over a day, evenly spread")
  func long() {
    var series = ProgressSeries(startingAt: 0)
    let day: UInt64 = 86_400_000_000_000
    var now: UInt64 = 0
    while now < day {
      now += max(series.interval, millisecond)
      series.record(progress(now / 1000), at: now)
    }
    series.end(with: progress(now / 1000), at: now + 1)
    let times = series.samples.map(\.time)
    #expect(times.count <= ProgressSeries.capacity)
    #expect(times.count > ProgressSeries.capacity / 2)
    #expect(times.first == 0 && times.last == now + 1)
    let gaps = zip(times.dropLast(), times.dropFirst().dropLast()).map { $1 - $0 }
    #expect(Set(gaps).count <= 2)
  }

  @Test("survives a clock that steps back")
  func back() {
    var series = ProgressSeries(startingAt: millisecond)
    series.record(progress(1), at: 0)
    series.end(with: progress(1), at: 0)
    #expect(series.samples.count == 1)
  }
}
