import Glibc
import SharedMemory
import TestSupport
import Testing
import VMBusRing

/// Real threads on real rings. Clean under the thread sanitizer as well, which sees both ends of a single mapping.
///
/// Each run is short; with `NETVSC_STRESS_SECONDS` set, each takes so many seconds.
@Suite("Stress of a ring", .serialized)
struct RingStressTests {
  @Test(
    "loses, doubles, reorders and damages no packet, and no wake-up", .timeLimit(.minutes(5)),
    arguments: RingMapping.allCases, StressVariant.all)
  func stress(mapping: RingMapping, variant: StressVariant) throws {
    let seconds = getenv("NETVSC_STRESS_SECONDS").flatMap { UInt64(String(cString: $0)) } ?? 0
    let run = try RingStress(variant: variant, mapping: mapping, nanoseconds: seconds * 1_000_000_000)
    try run.run()
    let problems = run.problems
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    let counts = run.counts
    #expect(counts.written == counts.read)
    #expect(counts.read >= variant.packetCount * variant.writerCount)
  }
}

/// Who writes in a stress run, and how both sides wait. A further kind of producer is a further row.
struct StressVariant: Sendable, CustomStringConvertible {
  enum Waiting: Sendable {
    /// The reader sleeps when the ring is empty, the writer (if it can) when it is full: wake-ups can be lost.
    case sleeping
    /// Nobody masks, rings or sleeps, so that nothing but the two indices orders the bytes: a race detector would take
    /// each doorbell for an ordering as well.
    case polling
  }

  let kind: ProducerKind
  let writerCount: Int
  /// How many packets each writer writes at least.
  let packetCount: Int
  let waiting: Waiting

  /// Few packets where writers wait for each other's turn: each preemption costs them a time slice.
  static let all = [
    StressVariant(kind: .exclusive, writerCount: 1, packetCount: 20_000, waiting: .sleeping),
    StressVariant(kind: .exclusive, writerCount: 1, packetCount: 10_000, waiting: .polling),
    StressVariant(kind: .ordered, writerCount: 1, packetCount: 10_000, waiting: .sleeping),
    StressVariant(kind: .ordered, writerCount: 2, packetCount: 2000, waiting: .sleeping),
    StressVariant(kind: .ordered, writerCount: 2, packetCount: 2000, waiting: .polling),
    StressVariant(kind: .ordered, writerCount: 4, packetCount: 200, waiting: .sleeping),
    StressVariant(kind: .cooperative, writerCount: 1, packetCount: 10_000, waiting: .sleeping),
    StressVariant(kind: .cooperative, writerCount: 2, packetCount: 10_000, waiting: .sleeping),
    StressVariant(kind: .cooperative, writerCount: 2, packetCount: 5000, waiting: .polling),
    StressVariant(kind: .cooperative, writerCount: 4, packetCount: 5000, waiting: .sleeping),
    StressVariant(kind: .cooperative, writerCount: 16, packetCount: 1000, waiting: .sleeping),
    StressVariant(kind: .cooperative, writerCount: 16, packetCount: 500, waiting: .polling),
  ]

  var description: String { "\(writerCount) \(kind) writers, \(waiting)" }
}
