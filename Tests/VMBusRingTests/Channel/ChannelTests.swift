import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing

@Suite("A channel")
struct ChannelTests {
  private static let never: UInt64 = 20_000_000_000

  @Test("is there, with quiet doorbells, until it is taken away")
  func start() throws {
    let channel = try Channel(index: 3)
    #expect(channel.index == 3)
    #expect(!channel.isRescinded)
    #expect(channel.rescindReason == nil)
    #expect(!channel.toHost.wait(timeout: 0) && !channel.toGuest.wait(timeout: 0))
  }

  @Test("has two doorbells that do not ring for each other")
  func doorbells() throws {
    let channel = try Channel(index: 0)
    channel.toHost.ring()
    #expect(!channel.toGuest.wait(timeout: 0))
    #expect(channel.toHost.wait(timeout: 0))
  }

  @Test("keeps the first reason for which it was taken away")
  func reason() throws {
    let channel = try Channel(index: 0)
    channel.rescind(because: "the device was removed")
    channel.rescind(because: "it was closed")
    #expect(channel.isRescinded)
    #expect(channel.rescindReason == "the device was removed")
  }

  @Test("tells whoever asked when it is taken away, once, and at once afterwards")
  func listeners() throws {
    let channel = try Channel(index: 0)
    let told = Atomic(0)
    channel.whenRescinded { told.add(1, ordering: .relaxed) }
    channel.whenRescinded { told.add(1, ordering: .relaxed) }
    #expect(told.load(ordering: .relaxed) == 0)
    channel.rescind(because: "gone")
    channel.rescind(because: "again")
    #expect(told.load(ordering: .relaxed) == 2)
    channel.whenRescinded { told.add(1, ordering: .relaxed) }
    #expect(told.load(ordering: .relaxed) == 3)
  }

  @Test("wakes both ends when it is taken away, and each sees why", .timeLimit(.minutes(1)))
  func rescind() throws {
    let channel = try Channel(index: 0)
    let waiting = Atomic(0)
    let reasons = Mutex<[String?]>([])
    try runConcurrently(3) { thread in
      switch thread {
      case 0:
        while waiting.load(ordering: .acquiring) < 2 { Processors.pause() }
        channel.rescind(because: "gone")
      default:
        waiting.add(1, ordering: .releasing)
        guard (thread == 1 ? channel.toHost : channel.toGuest).wait(timeout: Self.never), channel.isRescinded else {
          return
        }
        reasons.withLock { $0.append(channel.rescindReason) }
      }
    }
    let seen = reasons.withLock { $0 }
    #expect(seen == ["gone", "gone"])
  }
}
