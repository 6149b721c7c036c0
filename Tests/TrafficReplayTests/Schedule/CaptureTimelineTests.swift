import TestSupport
import Testing
import TrafficReplay

@Suite("The time of captures")
struct CaptureTimelineTests {
  private func times(_ captures: [Int64]...) -> [UInt64] {
    var timeline = CaptureTimeline()
    return captures.flatMap { stamps in
      timeline.beginCapture()
      return stamps.map { timeline.time(of: $0) }
    }
  }

  @Test("begins with the first packet, whenever that was")
  func beginning() {
    #expect(times([1_700_000_000_000_000_000, 1_700_000_000_000_000_500]) == [0, 500])
    #expect(times([-1000, -400, 200]) == [0, 600, 1200])
    #expect(times([.min, 0, .max]) == [0, 1 << 63, .max])
  }

  @Test("stands still where stamps repeat or step back, until they have caught up")
  func stepBack() {
    #expect(times([0, 100, 100, 60, 90, 120, 200]) == [0, 100, 100, 100, 100, 120, 200])
    #expect(
      times([0, 1_000_000_000, 0, 500, 1_000_000_001]) == [
        0, 1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_001,
      ])
  }

  @Test("goes on at once where the clock was set back by more than a second")
  func clockSetBack() {
    #expect(times([5_000_000_000, 5_000_000_100, 4_000_000_099, 4_000_000_199]) == [0, 100, 100, 200])
    #expect(times([.max, .min, .min + 1]) == [0, 0, 1])
  }

  @Test("keeps jumps ahead")
  func jump() { #expect(times([0, 1, 30_300_000_000, 30_300_000_001]) == [0, 1, 30_300_000_000, 30_300_000_001]) }

  @Test("lets a capture follow at the average gap of the one before")
  func severalCaptures() {
    #expect(times([1000, 1010, 1040], [77, 78], [5], [9, 10]) == [0, 10, 40, 60, 61, 62, 62, 63])
    #expect(times([], [3, 7], []) == [0, 4])
  }

  @Test("ends where the next pass begins")
  func end() {
    var timeline = CaptureTimeline()
    #expect(timeline.end == 0)
    timeline.beginCapture()
    for stamp: Int64 in [0, 10, 30] { _ = timeline.time(of: stamp) }
    #expect(timeline.end == 45)
    timeline.beginCapture()
    #expect(timeline.end == 45)
    _ = timeline.time(of: 8)
    #expect(timeline.end == 45)
  }

  @Test("never steps back, and is as long as its stamps where they only lose their order for a moment")
  func anyStamps() {
    var chance = SeededGenerator()
    for round in 0..<300 {
      let spread: Int64 = round % 2 == 0 ? .max : 400_000_000
      let stamps = (0..<100).map {
        Int64($0) * 10_000_000 + Int64.random(in: -spread / 2...spread / 2, using: &chance) / 2
      }
      let times = times(stamps)
      #expect(times[0] == 0)
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
      if spread < .max { #expect(times.last == UInt64(stamps.max()! - stamps[0])) }
    }
  }
}
