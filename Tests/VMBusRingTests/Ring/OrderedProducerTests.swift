import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing

@Suite("An ordered producer")
struct OrderedProducerTests {
  /// Long enough that only a lost wake-up waits so long.
  private static let never: UInt64 = 20_000_000_000
  private static let shortly: UInt64 = 20_000_000

  private static func ring(_ test: TestRing) throws(RingError) -> OrderedRing<MappedRing> {
    try OrderedRing(test.ring, keeper: test.view)
  }

  /// A second writer that reserves behind the first one, frames, and commits on a thread of its own.
  private final class LaterWriter: Sendable {
    let reserved: Doorbell
    let committed: Doorbell
    private let outcome = Mutex<Publication?>(nil)

    init() throws(SystemError) { (reserved, committed) = (try Doorbell(), try Doorbell()) }

    var publication: Publication? { outcome.withLock { $0 } }

    func start(on ring: OrderedRing<MappedRing>) throws(SystemError) -> WorkerThread {
      try WorkerThread {
        var producer = OrderedProducer(ring)
        guard var reservation = try? producer.reserve(64) else { return }
        producer.frame(TestPacket(2, ringByteCount: 64), in: &reservation)
        self.reserved.ring()
        let publication = producer.commit(reservation)
        self.outcome.withLock { $0 = publication }
        self.committed.ring()
      }
    }
  }

  @Test("publishes in the order of reservation, whichever is framed first", arguments: RingMapping.allCases)
  func order(mapping: RingMapping) throws {
    let test = try TestRing(mapping: mapping, write: 4000, read: 4000)
    let ring = try Self.ring(test)
    var first = OrderedProducer(ring)
    var second = OrderedProducer(ring)
    var earlier = try first.reserve(64)
    var later = try second.reserve(72)
    second.frame(TestPacket(2, ringByteCount: 72), in: &later)
    #expect(test[.writeIndex] == 4000)
    first.frame(TestPacket(1, ringByteCount: 64), in: &earlier)
    let publications = [first.commit(earlier), second.commit(later)]
    #expect(publications == [.signal, .quiet])
    #expect(test[.writeIndex] == 40)
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    let packets = try consumer.takeAll()
    #expect(packets == [TestPacket(1, ringByteCount: 64), TestPacket(2, ringByteCount: 72)])
  }

  @Test("shares the room with the other writers")
  func sharedRoom() throws {
    let test = try TestRing(mapping: .single)
    let ring = try Self.ring(test)
    var first = OrderedProducer(ring)
    var second = OrderedProducer(ring)
    try first.put(TestPacket(1, ringByteCount: 4000))
    let refusal = second.refusal(of: 96)
    #expect(refusal == .full(needed: 96, free: 96))
    let fitting = try second.burst(10, of: 24)
    #expect(fitting == 3)
    let none = first.refusal(of: 24)
    #expect(none == .full(needed: 24, free: 24))
  }

  @Test("waits for an earlier writer before it publishes", .timeLimit(.minutes(1)))
  func turn() throws {
    let test = try TestRing(mapping: .single)
    let ring = try Self.ring(test)
    var first = OrderedProducer(ring)
    var earlier = try first.reserve(128)
    let later = try LaterWriter()
    let thread = try later.start(on: ring)
    #expect(later.reserved.wait(timeout: Self.never))
    #expect(!later.committed.wait(timeout: Self.shortly))
    #expect(test.ring.writeIndex.loadAcquiring() == 0, "nothing behind a hole is visible")

    first.frame(TestPacket(1, ringByteCount: 128), in: &earlier)
    let publication = first.commit(earlier)
    #expect(publication == .signal)
    thread.join()
    #expect(later.publication == .quiet)
    #expect(test[.writeIndex] == 192)
  }

  @Test("stops waiting when the ring is closed, and publishes nothing then", .timeLimit(.minutes(1)))
  func close() throws {
    let test = try TestRing(mapping: .single)
    let ring = try Self.ring(test)
    var first = OrderedProducer(ring)
    var earlier = try first.reserve(128)
    first.frame(TestPacket(1, ringByteCount: 128), in: &earlier)
    let later = try LaterWriter()
    let thread = try later.start(on: ring)
    #expect(later.reserved.wait(timeout: Self.never))
    #expect(!later.committed.wait(timeout: Self.shortly))
    ring.close()
    thread.join()
    #expect(later.publication == .closed)
    #expect(test[.writeIndex] == 0)

    let refusal = first.refusal(of: 24)
    #expect(refusal == .closed)
    #expect(refusal?.isViolation == false)
    _ = first.commit(earlier)
  }

  @Test("finds less room, and nothing worse, when the reader's index goes back")
  func movedBack() throws {
    let test = try TestRing(mapping: .single)
    var producer = OrderedProducer(try Self.ring(test))
    try producer.put(TestPacket(1, ringByteCount: 4000))
    test[.readIndex] = 512
    try producer.put(TestPacket(2, ringByteCount: 64))
    test[.readIndex] = 0
    let refusal = producer.refusal(of: 32)
    #expect(refusal == .full(needed: 32, free: 32))
    #expect(test[.writeIndex] == 4064)
  }

  @Test("takes its turn from memory that the reader cannot write")
  func hostileWriteIndex() throws {
    let test = try TestRing(mapping: .single)
    let ring = try Self.ring(test)
    var first = OrderedProducer(ring)
    var second = OrderedProducer(ring)
    test[.writeIndex] = 4088
    try first.put(TestPacket(1, ringByteCount: 24))
    test[.writeIndex] = 16
    try second.put(TestPacket(2, ringByteCount: 24))
    #expect(test[.writeIndex] == 48)
  }
}
