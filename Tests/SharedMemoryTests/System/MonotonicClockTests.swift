import Glibc
import SharedMemory
import Synchronization
import Testing

@Suite("A clock")
struct MonotonicClockTests {
  @Test("of the system never steps back and counts nanoseconds")
  func monotonic() {
    let clock = MonotonicClock.monotonic
    let start = clock.now()
    var last = start
    for _ in 0..<1000 {
      let now = clock.now()
      #expect(now >= last)
      last = now
    }
    usleep(2000)
    #expect(clock.now() - start >= 2_000_000)
  }

  @Test("of one's own is what is read")
  func replayed() {
    let time = Atomic<UInt64>(41)
    let clock = MonotonicClock { time.add(1, ordering: .relaxed).newValue }
    #expect(clock.now() == 42)
    #expect(clock.now() == 43)
  }

  @Test("on the wall agrees with the system's")
  func wallClock() {
    let before = Int64(time(nil))
    let seconds = MonotonicClock.wallClockNanoseconds() / 1_000_000_000
    #expect(before...Int64(time(nil)) ~= seconds)
  }
}
