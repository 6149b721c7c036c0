import Benchmarks
import Foundation
import NetVSCTool
import TestSupport
import Testing

/// What send, flush, the host's drain and poll call, counted by valgrind in the program that runs them.
///
/// Twice as large a batch must make no call more: so none is made for a packet, nor for a message. Only the batch itself
/// may cost some.
@Suite("A packet through the engine and its host", .peer("valgrind"), .peer("strip"))
struct EngineCallsTests {
  private static let ways = [EngineWay.copy, .direct, .directParts, .directSlot]
  /// A burst is published when there are so many messages, and a message is full with so many packets.
  private static let batchCounts = [32, 64]
  /// A power of two, as the batches are: every number of calls is exact.
  private static let packetCount = 1024
  private static let memoryFunctions: Set = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "free"]

  /// How many calls more the larger batch makes, for each function that it does make more of.
  private func growth(_ counts: [EngineCounts], _ calls: (EngineCounts) -> [String: Double]) -> [String: Double] {
    let perBatch = zip(counts, Self.batchCounts).map { counts, batchCount in
      calls(counts).mapValues { $0 * Double(batchCount) }
    }
    return perBatch[1].reduce(into: [:]) { growth, call in
      let more = call.value - perBatch[0][call.key, default: 0]
      if more > 0 { growth[call.key] = more }
    }
  }

  /// For each way, what a packet of each batch counts; all of it in one run of `program`.
  private func counts(by program: String) throws -> [(way: EngineWay, counts: [EngineCounts])] {
    let cases = Self.ways.flatMap { way in
      Self.batchCounts.map { EngineCase(way, frameByteCount: 64, batchCount: $0) }
    }
    let counts = try #require(try InstructionCounter(program: program).count(cases, packetCount: Self.packetCount))
    return Self.ways.enumerated().map { index, way in
      (way, Array(counts[index * Self.batchCounts.count..<(index + 1) * Self.batchCounts.count]))
    }
  }

  /// Optimised or not: this is what the source says. (Unoptimised code takes memory for coroutines from the system, and
  /// that is not counted here.)
  @Test("makes no object and takes no lock", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
  func source() throws {
    for (way, counts) in try counts(by: Program.url.path) {
      for counts in counts {
        #expect(counts.instructionsPerPacket > 0)
        let memory = names(of: counts.callsPerPacket).intersection(["swift_slowAlloc", "swift_slowDealloc"])
        #expect(memory.isEmpty, "\(way)")
      }
      // The package's locks are all of one kind, whose functions are called where nothing is optimised.
      let locks = names(of: growth(counts, \.callsPerPacket)).filter { function in
        ["15Synchronization5MutexV", "pthread_mutex", "futex"].contains { function.contains($0) }
      }
      #expect(locks.isEmpty, "\(way)")
    }
  }

  /// How references are counted is the optimiser's affair, so only its own result says something of that.
  @Test(
    "allocates nothing, and calls nothing that counts references, nor anything else that it need not",
    .enabled(if: ReleaseBuild.isCurrent, "build it first: swift build -c release --product netvsc"))
  func optimised() throws {
    for (way, counts) in try counts(by: ReleaseBuild.program.path) {
      for counts in counts {
        let memory = names(of: counts.callsPerPacket).intersection(Self.memoryFunctions)
        #expect(memory.isEmpty, "\(way)")
      }
      let others = names(of: growth(counts, \.foreignCallsPerPacket)).filter { function in
        // Looking whether an array has one owner writes nothing.
        !["memcpy", "memmove", "memset", "swift_isUniquelyReferenced"].contains { function.contains($0) }
      }
      #expect(others.isEmpty, "\(way)")
    }
  }

  /// Without the versions that libraries put behind an @.
  private func names(of calls: [String: Double]) -> Set<String> {
    Set(calls.keys.map { String($0.prefix { $0 != "@" }) })
  }
}
