import TestSupport
import Testing
import TrafficReplay

@Suite("The schedule")
struct ScheduleTests {
  private func schedule(_ pace: Pace, start: UInt64 = 0) throws -> Schedule {
    try #require(Schedule(pace, start: start))
  }

  @Test("there is none at top speed")
  func topSpeed() { #expect(Schedule(.topSpeed, start: 0) == nil) }

  @Test("of packets: number n leaves n divided by the rate after the start, to the nanosecond below")
  func packets() throws {
    let thirds = try schedule(.packets(Rate(3)), start: 1000)
    #expect(
      (0..<7).map { thirds.departure(at: $0) }
        == [
          0, 333_333_333, 666_666_666, 1_000_000_000, 1_333_333_333,
          1_666_666_666, 2_000_000_000,
        ].map { $0 + 1000 })
    let slow = try schedule(.packets(try #require(Rate("0.001"))))
    #expect(slow.departure(at: 1) == 1_000_000_000_000)
    let fast = try schedule(.packets(Rate(1_000_000_000)))
    #expect(fast.departure(at: 12_345) == 12_345)
  }

  @Test("does not drift over 10^12 packets, nor after 500 years")
  func noDrift() throws {
    let odd = try schedule(.packets(try #require(Rate("14880952.381"))))
    // 10^12 · 10^12 / 14880952381, by long division.
    #expect(odd.departure(at: 1_000_000_000_000) == 67_199_999_999_784)
    let yearly = try schedule(.packets(Rate(7)))
    let seconds: UInt64 = 500 * 31_557_600
    #expect(yearly.departure(at: UInt128(seconds * 7)) == seconds * 1_000_000_000)
    #expect(yearly.departure(at: UInt128(seconds * 7 + 1)) == seconds * 1_000_000_000 + 142_857_142)
  }

  @Test("of bits: a packet leaves when the bits of those before it are through")
  func megabits() throws {
    let hundred = try schedule(.megabits(Rate(100)), start: 5)
    #expect([0, 1, 64, 1514, 1_000_000].map { hundred.departure(at: $0) } == [5, 85, 5125, 121_125, 80_000_005])
    let slow = try schedule(.megabits(try #require(Rate("0.000001"))))
    #expect(slow.departure(at: 3) == 24_000_000_000)
  }

  @Test("of times: the captures' time, divided by the speed")
  func timed() throws {
    #expect(try schedule(.timed(speed: Rate(1)), start: 7).departure(at: 123) == 130)
    #expect(try schedule(.timed(speed: Rate(10))).departure(at: 1_000_000_009) == 100_000_000)
    #expect(try schedule(.timed(speed: try #require(Rate("0.5")))).departure(at: 21) == 42)
  }

  @Test(
    "ends at the clock's last nanosecond, and does not wrap",
    arguments: [Pace.packets(Rate(1)), .timed(speed: Rate(1))])
  func end(pace: Pace) throws {
    for mark in [UInt128(1) << 64, 1 << 100, .max] {
      #expect(try schedule(pace, start: .max - 10).departure(at: mark) == .max)
    }
  }

  @Test("never steps back, and gives no packet a time before its exact one less a nanosecond")
  func order() throws {
    var chance = SeededGenerator()
    for _ in 0..<200 {
      let text = "\(UInt64.random(in: 0...9_999_999, using: &chance)).\(UInt64.random(in: 1...999, using: &chance))"
      let rate = try #require(Rate(text))
      let schedule = try schedule(.packets(rate))
      var previous: UInt64 = 0
      let first = UInt128(UInt64.random(in: 0...1_000_000_000_000, using: &chance))
      for mark in first..<first + 50 {
        let departure = schedule.departure(at: mark)
        let exact = mark * 1_000_000_000_000_000_000
        guard departure < .max else { break }
        #expect(UInt128(departure) * UInt128(rate.billionths) <= exact)
        #expect((UInt128(departure) + 1) * UInt128(rate.billionths) > exact)
        #expect(departure >= previous)
        previous = departure
      }
    }
  }
}

@Suite("A burst of the schedule")
struct BurstTests {
  private func end(_ marks: [UInt64], from first: Int = 0, at now: UInt64) throws -> Int {
    let schedule = try #require(Schedule(.timed(speed: Rate(1)), start: 0))
    return schedule.burstEnd(of: first..<marks.count, at: now) { UInt128(marks[$0]) }
  }

  @Test("has what is due, and nothing that is not")
  func due() throws {
    let marks: [UInt64] = [100, 200, 300, 400]
    #expect(try end(marks, at: 100) == 1)
    #expect(try end(marks, at: 299) == 2)
    #expect(try end(marks, at: 300) == 3)
    #expect(try end(marks, at: 1_000_000) == 4)
    #expect(try end(marks, from: 2, at: 1_000_000) == 4)
  }

  @Test("has ten microseconds of the schedule at most, however late it is")
  func span() throws {
    let marks: [UInt64] = [0, 5000, 10_000, 10_001, 20_000]
    #expect(try end(marks, at: 1_000_000_000) == 3)
    #expect(try end(marks, from: 3, at: 1_000_000_000) == 5)
    #expect(try end([0, 0, 0, 0], at: 0) == 4)
  }

  @Test("keeps all of that for any marks")
  func anyMarks() throws {
    var chance = SeededGenerator()
    for _ in 0..<500 {
      var mark: UInt64 = 0
      let marks = (0..<40).map { _ in
        mark += UInt64.random(in: 0...4000, using: &chance)
        return mark
      }
      var first = 0
      var now: UInt64 = 0
      while first < marks.count {
        now = max(now, marks[first]) + UInt64.random(in: 0...20_000, using: &chance)
        let end = try end(marks, from: first, at: now)
        #expect(marks[end - 1] <= now)
        #expect(marks[end - 1] - marks[first] <= Schedule.burstSpan)
        #expect(end == marks.count || marks[end] > min(now, marks[first] + Schedule.burstSpan))
        first = end
      }
    }
  }
}
