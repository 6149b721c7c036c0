import Glibc
import SharedMemory
import Synchronization
import TestSupport
import Testing

@Suite("A worker thread")
struct WorkerThreadTests {
  @Test("has done its work when it is joined, on a thread of its own")
  func join() throws {
    let caller = pthread_self()
    let elsewhere = Atomic(false)
    let thread = try WorkerThread { elsewhere.store(pthread_equal(pthread_self(), caller) == 0, ordering: .relaxed) }
    thread.join()
    let wasElsewhere = elsewhere.load(ordering: .relaxed)
    #expect(wasElsewhere)
  }

  @Test("lets go of what it worked on")
  func release() throws {
    final class Token: Sendable {}
    weak var seen: Token?
    do {
      let token = Token()
      seen = token
      let thread = try WorkerThread { withExtendedLifetime(token) {} }
      thread.join()
    }
    #expect(seen == nil)
  }

  @Test("runs beside others")
  func several() throws {
    let sum = Atomic(0)
    try runConcurrently(8) { sum.add($0, ordering: .relaxed) }
    let total = sum.load(ordering: .relaxed)
    #expect(total == 28)
  }

  @Test("can be bound to each usable processor, counted around")
  func binding() throws {
    let count = Processors.count
    try #require(count >= 1)
    let bound = Mutex<[String]>([])
    try runConcurrently(2 * count) { index in
      guard Processors.bindCallingThread(to: index), let allowed = Self.allowedProcessors() else { return }
      bound.withLock { $0.append(allowed) }
    }
    let seen = bound.withLock { $0 }
    #expect(seen.count == 2 * count)
    #expect(Set(seen).count == count)
  }

  /// The processors the calling thread may run on, as the system lists them.
  private static func allowedProcessors() -> String? {
    let descriptor = open("/proc/thread-self/status", O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 8192)
    let count = read(descriptor, &text, text.count)
    return String(decoding: text.prefix(max(0, count)), as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }.map(String.init)
  }
}
