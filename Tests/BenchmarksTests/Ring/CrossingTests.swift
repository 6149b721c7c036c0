import Benchmarks
import SharedMemory
import Testing

@Suite("A crossing")
struct CrossingTests {
  /// More than the ring holds, so that senders meet a full one.
  private static let messageCount: UInt64 = 30_000

  @Test(
    "reads each message once, and leaves word of it", .timeLimit(.minutes(1)),
    arguments: [(CrossingWriter.cooperative, 1), (.cooperative, 5), (.ordered, 1)])
  func run(writer: CrossingWriter, senderCount: Int) throws {
    let ring = try BenchmarkRing()
    let crossing = Crossing(writer, senderCount: senderCount, messageCount: Self.messageCount)
    #expect(try crossing.run(through: ring, clock: .monotonic) > 0)
    #expect(ring.readCount.loadRelaxed() == UInt32(Self.messageCount))
    #expect(ring.hasBegun.loadRelaxed() == 1)
    #expect(ring.microseconds.loadRelaxed() > 0)
  }

  @Test("goes through the same ring again, wherever its indices stand")
  func again() throws {
    let ring = try BenchmarkRing()
    let crossing = Crossing(.cooperative, senderCount: 1, messageCount: 1001)
    for _ in 0..<3 { try crossing.run(through: ring, clock: .monotonic) }
    #expect(ring.readCount.loadRelaxed() == 1001)
  }
}
