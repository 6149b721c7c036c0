import Glibc
import SharedMemory
import Synchronization
import TestSupport
import Testing

@Suite("A doorbell")
struct DoorbellTests {
  /// Long enough that only a lost ring waits so long.
  private static let never: UInt64 = 20_000_000_000
  private static let millisecond: UInt64 = 1_000_000

  @Test("that rang before the wait is answered at once")
  func ringBefore() throws {
    let bell = try Doorbell()
    bell.ring()
    #expect(bell.wait(timeout: 0))
    #expect(!bell.wait(timeout: 0))
  }

  @Test("that rang several times is answered once")
  func severalRings() throws {
    let bell = try Doorbell()
    for _ in 0..<5 { bell.ring() }
    #expect(bell.wait(timeout: Self.never))
    #expect(!bell.wait(timeout: 0))
    bell.ring()
    #expect(bell.wait(timeout: Self.never))
  }

  @Test("that does not ring is waited for as long as told")
  func timeout() throws {
    let bell = try Doorbell()
    let start = MonotonicClock.monotonic.now()
    #expect(!bell.wait(timeout: 5 * Self.millisecond))
    #expect(MonotonicClock.monotonic.now() - start >= 5 * Self.millisecond)
  }

  @Test("that has rung is answered even with the longest timeout")
  func longestTimeout() throws {
    let bell = try Doorbell()
    bell.ring()
    #expect(bell.wait(timeout: .max))
  }

  @Test("wakes a thread that waits, each time")
  func wakes() throws {
    let there = try Doorbell()
    let back = try Doorbell()
    let answered = Atomic(0)
    try runConcurrently(2) { thread in
      for _ in 0..<200 {
        if thread == 0 { there.ring() }
        guard (thread == 0 ? back : there).wait(timeout: Self.never) else { return }
        if thread == 1 { back.ring() }
        answered.add(1, ordering: .relaxed)
      }
    }
    let count = answered.load(ordering: .relaxed)
    #expect(count == 400)
  }

  @Test("does not block or leak into programs that are started")
  func descriptor() throws {
    let bell = try Doorbell()
    #expect(fcntl(bell.share(), F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(bell.share(), F_GETFL) & O_NONBLOCK != 0)
  }

  @Test("that another process filled, and had its calls block, is rung and answered all the same")
  func filled() throws {
    let bell = try Doorbell()
    let other = fcntl(bell.share(), F_DUPFD_CLOEXEC, 0)
    defer { close(other) }
    fill(other)
    let hasRung = Atomic(false)
    let thread = try WorkerThread {
      bell.ring()
      hasRung.store(true, ordering: .releasing)
    }
    waitUntil { hasRung.load(ordering: .acquiring) }
    let isHeldUp = !hasRung.load(ordering: .acquiring)
    #expect(!isHeldUp)
    // Makes room for a ring that was held up.
    #expect(bell.wait(timeout: Self.never))
    thread.join()
    #expect(bell.wait(timeout: 0) == isHeldUp)
  }
}

/// What a hostile process does with a bell that it shares.
private func fill(_ descriptor: Int32) {
  #expect(fcntl(descriptor, F_SETFL, O_RDWR) == 0)
  var most = UInt64.max - 1
  #expect(write(descriptor, &most, 8) == 8)
}
