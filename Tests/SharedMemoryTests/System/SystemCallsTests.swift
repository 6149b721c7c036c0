import Glibc
import Synchronization
import TestSupport
import Testing

@testable import SharedMemory

@Suite("A system error")
struct SystemErrorTests {
  @Test("tells the call and the system's reason")
  func description() {
    let error = SystemError(call: "mmap", code: ENOMEM)
    #expect(error.description == "mmap: Cannot allocate memory")
    #expect(error == SystemError(call: "mmap", code: ENOMEM))
    #expect(error != SystemError(call: "mmap", code: EPERM))
  }

  @Test("is thrown for a region that cannot be had")
  func tooLarge() {
    // Near the largest file size: neither file nor address space can be had.
    let error = #expect(throws: SystemError.self) { try SharedRegion(byteCount: Int.max / 4096 * 4096 - 4096) }
    #expect(error?.call == "ftruncate" || error?.call == "mmap")
  }
}

@Suite("An event counter whose calls block")
struct EventCounterTests {
  @Test("is taken back to zero without waiting for anything to take")
  func clear() throws {
    let counter = try SystemCalls.makeEventCounter()
    defer { SystemCalls.closeDescriptor(counter) }
    #expect(fcntl(counter, F_SETFL, O_RDWR) == 0)
    SystemCalls.addOne(toEventCounter: counter)
    let rounds = Atomic(0)
    let thread = try WorkerThread {
      for _ in 0..<2 {
        SystemCalls.clear(eventCounter: counter)
        rounds.add(1, ordering: .acquiringAndReleasing)
      }
    }
    waitUntil { rounds.load(ordering: .acquiring) == 2 }
    let count = rounds.load(ordering: .acquiring)
    #expect(count == 2)
    // Lets a thread go on that waits.
    if count < 2 { SystemCalls.addOne(toEventCounter: counter) }
    thread.join()
    #expect(!SystemCalls.wait(forEventCounter: counter, timeout: 0))
  }
}
