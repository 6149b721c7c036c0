import Glibc
import SharedMemory
import Synchronization
import TestSupport
import VMBusRing
import WireFormats

/// One stress run: writers that fill a small ring, a reader that drains it and sleeps, and what went wrong.
final class RingStress: Sendable {
  /// Only a lost wake-up takes so long, in nanoseconds.
  private static let patience: UInt64 = 15_000_000_000
  private static let seed: UInt64 = 0x7374_7265_7373

  private let variant: StressVariant
  private let test: TestRing
  /// What the writers of a shared ring share.
  private let shared: SharedRing?
  private let toReader: Doorbell
  private let toWriter: Doorbell
  private let deadline: UInt64
  private let isStopped = Atomic(false)
  private let written = Atomic(0)
  private let read = Atomic(0)
  private let found = Mutex<[String]>([])

  /// A run in which writers go on until `nanoseconds` have passed, and their count is reached.
  init(variant: StressVariant, mapping: RingMapping, nanoseconds: UInt64) throws {
    self.variant = variant
    test = try TestRing(mapping: mapping, write: 2048, read: 2048)
    shared = try SharedRing(variant.kind, test)
    toReader = try Doorbell()
    toWriter = try Doorbell()
    deadline = MonotonicClock.monotonic.now() + nanoseconds
  }

  var problems: [String] { found.withLock { $0 } }
  var counts: (written: Int, read: Int) {
    (written.load(ordering: .relaxed), read.load(ordering: .relaxed))
  }

  /// Returns when all packets are read, or at the first problem.
  func run() throws(SystemError) {
    try runConcurrently(variant.writerCount + 1) { [self] thread in
      do {
        if thread == variant.writerCount { try drain() } else { try fill(writer: UInt32(thread)) }
      } catch {
        stop("thread \(thread): \(error)")
      }
    }
  }

  /// Ends the run; whoever waits is woken.
  private func stop(_ problem: String) {
    found.withLock { $0.append("\(problem); \(test.ring.stateForReport)") }
    isStopped.store(true, ordering: .relaxed)
    shared?.close()
    toReader.ring()
    toWriter.ring()
  }

  private func makeProducer() throws(RingError) -> ProducerUnderTest {
    if let shared { return try ProducerUnderTest(sharing: shared) }
    return try ProducerUnderTest(variant.kind, test)
  }

  // MARK: writing

  private func fill(writer: UInt32) throws(RingError) {
    var producer = try makeProducer()
    var random = SeededGenerator(seed: Self.seed &+ UInt64(writer))
    var sequence: UInt32 = 0
    var isLast = false
    while !isLast, !isStopped.load(ordering: .relaxed) {
      let isTimeOver = Int(sequence) + 4 >= variant.packetCount && MonotonicClock.monotonic.now() >= deadline
      let wordCount = UInt32.random(in: StressPacket.payloadWordCounts, using: &random)
      let byteCount = StressPacket.ringByteCount(payloadWordCount: wordCount)
      let count = Int.random(in: 1...4, using: &random)
      guard var reservation = try reserve(upTo: count, of: byteCount, from: &producer) else { continue }
      for left in (0..<reservation.byteCount / byteCount).reversed() {
        isLast = left == 0 && isTimeOver && Int(sequence) + 1 >= variant.packetCount
        let packet = StressPacket(
          writer: writer, sequence: sequence, payloadWordCount: wordCount, isLast: isLast)
        packet.store(in: producer.slot(in: &reservation, for: packet.descriptor))
        sequence += 1
      }
      switch producer.commit(reservation) {
      case .quiet: break
      case .signal: toReader.ring()
      case .closed: return
      }
      // Now and then the reader gets to sleep.
      if Int.random(in: 0..<64, using: &random) == 0 { sched_yield() }
    }
    written.add(Int(sequence), ordering: .relaxed)
  }

  /// Room for packets, or nil once it is worth trying again.
  private func reserve(upTo count: Int, of byteCount: UInt32, from producer: inout ProducerUnderTest)
    throws(RingError) -> RingReservation?
  {
    do throws(RingError) {
      return try producer.reserve(upTo: count, of: byteCount)
    } catch .full {
      guard variant.waiting == .sleeping else {
        sched_yield()
        return nil
      }
      switch try producer.arm(needing: byteCount) {
      case nil: sched_yield()
      case true?: break
      case false?:
        let isWoken = toWriter.wait(timeout: Self.patience)
        producer.disarm()
        if !isWoken { stop("a writer waited in vain for \(byteCount) bytes") }
      }
      return nil
    }
  }

  // MARK: reading

  private func drain() throws(RingError) {
    var consumer = try RingConsumer(test.ring, keeper: test.view)
    var random = SeededGenerator(seed: ~Self.seed)
    var expected = [UInt32](repeating: 0, count: variant.writerCount)
    var unfinished = variant.writerCount
    var count = 0
    defer { read.store(count, ordering: .relaxed) }
    consumer.mask()
    while unfinished > 0, !isStopped.load(ordering: .relaxed) {
      var batch = 0
      let most = Int.random(in: 1...16, using: &random)
      while batch < most, let packet = try consumer.next() {
        batch += 1
        if let problem = StressPacket.problem(with: packet) { return stop(problem) }
        let descriptor = packet.descriptor
        let (writer, sequence) = (Int(descriptor.transactionID >> 32), UInt32(descriptor.transactionID & 0xFFFF_FFFF))
        guard expected.indices.contains(writer), expected[writer] == sequence else {
          return stop("packet \(sequence) of writer \(writer), where those next are \(expected)")
        }
        expected[writer] += 1
        if descriptor.completionRequested { unfinished -= 1 }
      }
      count += batch
      if consumer.release() { toWriter.ring() }
      if batch > 0 { continue }
      guard variant.waiting == .sleeping else {
        sched_yield()
        continue
      }
      if try consumer.unmask() { continue }
      guard toReader.wait(timeout: Self.patience) else { return stop("the reader waited in vain") }
      consumer.mask()
    }
  }
}

extension MappedRing {
  /// The words that tell why nobody moves, read while others may write them.
  fileprivate var stateForReport: String {
    "write \(writeIndex.loadRelaxed()), read \(readIndex.loadRelaxed()), mask \(interruptMask.loadRelaxed()), "
      + "pending \(pendingSendSize.loadRelaxed())"
  }
}
