internal import SharedMemory
internal import VMBusRing

/// One way to put messages into a ring.
protocol MessageWriter: ~Copyable, SendableMetatype {
  /// How often the reader would have been woken.
  var doorbellCount: Int { get }

  /// Writes messages, numbered from `number` on. Returns how many; 0 while the ring is full.
  mutating func write(from number: UInt64) -> UInt64
}

/// A reservation and a publication for every message.
struct SingleWrites<Producer: RingProducer & ~Copyable>: MessageWriter, ~Copyable {
  private var producer: Producer
  private(set) var doorbellCount = 0

  init(_ producer: consuming Producer) { self.producer = producer }

  @inline(__always)
  mutating func write(from number: UInt64) -> UInt64 {
    do throws(RingError) {
      var reservation = try producer.reserve(RingMessage.ringByteCount)
      producer.frame(RingMessage.words(number), in: &reservation)
      if producer.commit(reservation) == .signal { doorbellCount += 1 }
      return 1
    } catch {
      guard case .full = error else { preconditionFailure("a ring of our own breaks no rule") }
      return 0
    }
  }
}

/// A reservation and a publication for 32 messages, or as many as fit.
struct BulkWrites<Producer: RingProducer & ~Copyable>: MessageWriter, ~Copyable {
  private var producer: Producer
  private(set) var doorbellCount = 0

  init(_ producer: consuming Producer) { self.producer = producer }

  @inline(__always)
  mutating func write(from number: UInt64) -> UInt64 {
    do throws(RingError) {
      var reservation = try producer.reserve(upTo: bulkCount, of: RingMessage.ringByteCount)
      let count = UInt64(reservation.byteCount / RingMessage.ringByteCount)
      for number in number..<number + count { producer.frame(RingMessage.words(number), in: &reservation) }
      if producer.commit(reservation) == .signal { doorbellCount += 1 }
      return count
    } catch {
      guard case .full = error else { preconditionFailure("a ring of our own breaks no rule") }
      return 0
    }
  }
}

/// How many messages a bulk has.
let bulkCount = 32

/// Writes until the ring is full. Returns how many messages that took.
///
/// Never inlined, so that `.ci/hot-path` finds it in the object code, once for every kind of writer.
@inline(never)
func fill<Writer: MessageWriter & ~Copyable>(_ writer: inout Writer) -> UInt64 {
  var count: UInt64 = 0
  while true {
    let written = writer.write(from: count + 1)
    guard written > 0 else { return count }
    count += written
  }
}
