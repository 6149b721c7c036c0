import Testing
import TrafficReplay

@Suite("The progress line")
struct ProgressLineTests {
  private let second: UInt64 = 1_000_000_000

  private func progress(_ offered: UInt64, of expected: UInt64? = nil) -> ReplayProgress {
    var progress = ReplayProgress()
    progress.offered.packets = offered
    progress.refused.packets = offered / 100
    progress.completed.packets = offered / 2
    progress.expectedPackets = expected
    return progress
  }

  @Test("tells all when it has the room")
  func wide() {
    var line = ProgressLine(startingAt: 7 * second, duration: nil)
    let text = line.text(for: progress(4_200_000, of: 10_000_000), at: 10 * second, width: 200)
    #expect(
      text
        == " 42%   700 kpps  sent 4,158,000  completed 2,100,000  in flight 2,058,000  refused 42,000  0:03, 0:04 left")
  }

  @Test(
    "leaves out what matters least when it has not",
    arguments: [
      (
        113,
        " 42%   700 kpps  sent 4,158,000  completed 2,100,000  in flight 2,058,000  refused 42,000  0:03, 0:04 left"
      ),
      (104, " 42%   700 kpps  sent 4,158,000  in flight 2,058,000  refused 42,000  0:03, 0:04 left"),
      (79, " 42%   700 kpps  in flight 2,058,000  refused 42,000  0:03, 0:04 left"),
      (61, " 42%   700 kpps  refused 42,000  0:03, 0:04 left"),
      (40, " 42%   700 kpps  0:03, 0:04 left"),
      (20, " 42%   700 kpps"), (10, " 42%"), (3, " 42"), (0, ""), (-1, ""),
    ])
  func narrow(width: Int, expected: String) {
    var line = ProgressLine(startingAt: 0, duration: nil)
    #expect(line.text(for: progress(4_200_000, of: 10_000_000), at: 3 * second, width: width) == expected)
  }

  @Test("shows the rate since the last look")
  func rate() {
    var line = ProgressLine(startingAt: 0, duration: nil)
    _ = line.text(for: progress(2_000_000), at: second, width: 80)
    #expect(line.text(for: progress(8_000_000), at: 2 * second, width: 20) == "3.00 Mpps  0:02")
    #expect(line.text(for: progress(8_000_000), at: 2 * second, width: 20) == "3.00 Mpps  0:02")
    #expect(line.text(for: progress(8_000_000), at: 3 * second, width: 20) == "    0 pps  0:03")
  }

  @Test("tells no percentage of a run without an end")
  func endless() {
    var line = ProgressLine(startingAt: 0, duration: nil)
    #expect(
      line.text(for: progress(1000), at: 3661 * second, width: 60)
        == " 0.14 pps  sent 990  in flight 490  refused 10  1:01:01")
  }

  @Test("takes time for a limit as well as packets")
  func timed() {
    var line = ProgressLine(startingAt: 0, duration: 10 * second)
    #expect(line.text(for: progress(0), at: 5 * second, width: 32) == " 50%      0 pps  0:05, 0:05 left")
    #expect(line.text(for: progress(90, of: 100), at: 6 * second, width: 32) == " 90%   45.0 pps  0:06, 0:00 left")
    #expect(line.text(for: progress(90, of: 100), at: 12 * second, width: 32) == "100%      0 pps  0:12, 0:00 left")
  }

  @Test("survives a clock that stands still and numbers that go back")
  func oddities() {
    var line = ProgressLine(startingAt: second, duration: 0)
    #expect(line.text(for: progress(10, of: 0), at: second, width: 32) == "100%      0 pps  0:00, 0:00 left")
    _ = line.text(for: progress(100), at: 2 * second, width: 40)
    #expect(line.text(for: progress(10), at: 3 * second, width: 40).contains("0 pps"))
    #expect(line.text(for: progress(10), at: 0, width: 40).contains("0:00"))
  }
}
