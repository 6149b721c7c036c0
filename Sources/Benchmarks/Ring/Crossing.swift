package import SharedMemory
internal import Synchronization
internal import VMBusRing

/// Messages from several senders through one ring to one reader, one by one.
package struct Crossing: Sendable {
  package let writer: CrossingWriter
  package let senderCount: Int
  /// Of all senders together, each of which sends as many.
  package let messageCount: UInt64
  /// Whether the reader rests for a moment when it finds nothing, where it has a core of its own.
  let readerRests: Bool

  package init(_ writer: CrossingWriter, senderCount: Int, messageCount: UInt64, readerRests: Bool = false) {
    precondition(messageCount % UInt64(senderCount) == 0, "every sender sends as many messages")
    self.readerRests = readerRests
    self.writer = writer
    self.senderCount = senderCount
    self.messageCount = messageCount
  }

  /// Whether each thread has a core of its own.
  var isPinned: Bool { patience == .spinning }

  private var patience: Patience { Patience(forThreads: senderCount + 1) }

  /// Sends and reads all messages. Returns the nanoseconds that one took, from the moment when all threads are there to
  /// the reading of the last; the ring's words say how far it is.
  @discardableResult
  package func run(through ring: BenchmarkRing, clock: MonotonicClock = .monotonic) throws -> Double {
    let view = ring.view
    switch writer {
    case .cooperative:
      let shared = try CooperativeRing(view.ring, keeper: view)
      return try run(through: ring, clock) { () throws(RingError) in SingleWrites(try CooperativeProducer(shared)) }
    case .ordered:
      let shared = try OrderedRing(view.ring, keeper: view)
      return try run(through: ring, clock) { SingleWrites(OrderedProducer(shared)) }
    case .dpdk:
      #if DPDK
        let shared = try DPDKRing(on: ring.region, byteCount: BenchmarkRing.ringByteCount)
        return try run(through: ring, clock) { DPDKWrites(shared) }
      #else
        preconditionFailure("DPDK's ring is not part of this program")
      #endif
    }
  }

  private func run<Writer: MessageWriter & ~Copyable>(
    through ring: BenchmarkRing, _ clock: MonotonicClock,
    _ makeWriter: @escaping @Sendable () throws(RingError) -> Writer
  ) throws -> Double {
    let patience = patience
    return try run(through: ring, clock: clock) { numbers, gate in
      guard var writer = try? makeWriter() else { preconditionFailure("a new ring takes its writers") }
      if gate.pass() { send(numbers, through: &writer, patience) }
    }
  }

  /// As above, with a way to send of the caller's: `sender` runs on a thread for each range of numbers, and begins to send
  /// them when it has passed the gate.
  func run(
    through ring: BenchmarkRing, clock: MonotonicClock,
    sender: @escaping @Sendable (_ numbers: ClosedRange<UInt64>, _ gate: StartGate) -> Void
  ) throws -> Double {
    let (senderCount, messageCount, patience, readerRests) = (senderCount, messageCount, patience, readerRests)
    let share = messageCount / UInt64(senderCount)
    let gate = StartGate()
    let nanoseconds = Mutex<UInt64>(0)
    try runThreads(senderCount + 1, startingAt: gate) { thread in
      patience.bindCallingThread(to: thread)
      guard thread == senderCount else {
        return sender(UInt64(thread) * share + 1...UInt64(thread + 1) * share, gate)
      }
      do {
        let consumer = try RingConsumer(ring.view.ring, keeper: ring.view)
        var reader = CrossingReader(ring, consumer, rests: readerRests)
        guard gate.open(for: senderCount) else { return }
        let start = clock.now()
        ring.hasBegun.storeRelaxed(1)
        try reader.readAll(messageCount, patience)
        let elapsed = clock.now() - start
        ring.microseconds.storeReleasing(UInt32(max(elapsed / 1000, 1)))
        nanoseconds.withLock { $0 = elapsed }
      } catch {
        preconditionFailure("a ring of our own breaks no rule")
      }
    }
    return Double(nanoseconds.withLock(\.self)) / Double(messageCount)
  }
}

/// Sends these messages, and waits for room where there is none.
///
/// Never inlined, so that `.ci/hot-path` finds it in the object code.
@inline(never)
func send<Writer: MessageWriter & ~Copyable>(
  _ numbers: ClosedRange<UInt64>, through writer: inout Writer, _ patience: Patience
) {
  var number = numbers.lowerBound
  while number <= numbers.upperBound {
    let written = writer.write(from: number)
    if written == 0 { patience.wait() }
    number += written
  }
}

/// The reader of a crossing, which leaves word of how far it is.
private struct CrossingReader: ~Copyable {
  private let ring: BenchmarkRing
  private var consumer: RingConsumer<MappedRing>

  private let rests: Bool

  init(_ ring: BenchmarkRing, _ consumer: consuming RingConsumer<MappedRing>, rests: Bool) {
    self.ring = ring
    self.rests = rests
    self.consumer = consumer
  }

  mutating func readAll(_ messageCount: UInt64, _ patience: Patience) throws(RingError) {
    var receipt = Receipt()
    while receipt.count < messageCount {
      if try receipt.read(from: &consumer) == 0 {
        if rests { patience.waitForSeveral() } else { patience.wait() }
      }
      ring.readCount.storeRelaxed(UInt32(receipt.count))
    }
    precondition(receipt == Receipt(ofAll: messageCount), "each message is read once")
  }
}
