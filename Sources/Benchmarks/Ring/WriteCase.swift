internal import SharedMemory
internal import VMBusRing

/// One way to write with nobody else about: fills a ring of its own, and drains it on the same thread.
struct WriteCase {
  let parameters: Parameters
  let peer: String?
  /// Writes until the ring is full and drains it, so often. Returns the nanoseconds a message took to write.
  let run: (_ laps: Int) throws(RingError) -> Double

  /// The loop below is compiled for each kind of writer; only its name and its result are shared.
  private init<Writer: MessageWriter & ~Copyable>(
    _ mode: String, batch: Int, peer: String? = nil, ring: BenchmarkRing, clock: MonotonicClock,
    writer: consuming Writer
  ) throws(RingError) {
    parameters = Self.parameters(mode, batch: batch)
    self.peer = peer
    var writer = writer
    var consumer = try RingConsumer(ring.view.ring, keeper: ring.view)
    run = { laps throws(RingError) in
      var nanoseconds: UInt64 = 0
      var count: UInt64 = 0
      for _ in 0..<laps {
        let start = clock.now()
        let written = fill(&writer)
        nanoseconds += clock.now() - start
        count += written
        var receipt = Receipt()
        while try receipt.read(from: &consumer) > 0 {}
        precondition(receipt == Receipt(ofAll: written), "what is written is read")
        precondition(written == BenchmarkRing.messageCapacity, "a ring is filled")
      }
      return Double(nanoseconds) / Double(count)
    }
  }

  static func parameters(_ mode: String, batch: Int) -> Parameters {
    ["mode": .text(mode), "batch": .number(batch)]
  }

  /// Every way there is: ours one by one and in bulk, and the peer's where it is linked.
  static func all(clock: MonotonicClock) throws -> [WriteCase] {
    try exclusive(clock) + ordered(clock) + cooperative(clock) + peers(clock)
  }

  private static func exclusive(_ clock: MonotonicClock) throws -> [WriteCase] {
    let (ring, bulkRing) = (try BenchmarkRing(), try BenchmarkRing())
    return [
      try WriteCase(
        "exclusive", batch: 1, ring: ring, clock: clock,
        writer: SingleWrites(try ExclusiveProducer(ring.view.ring, keeper: ring.view))),
      try WriteCase(
        "exclusive", batch: bulkCount, ring: bulkRing, clock: clock,
        writer: BulkWrites(try ExclusiveProducer(bulkRing.view.ring, keeper: bulkRing.view))),
    ]
  }

  private static func ordered(_ clock: MonotonicClock) throws -> [WriteCase] {
    let (ring, bulkRing) = (try BenchmarkRing(), try BenchmarkRing())
    return [
      try WriteCase(
        "ordered", batch: 1, ring: ring, clock: clock,
        writer: SingleWrites(OrderedProducer(try OrderedRing(ring.view.ring, keeper: ring.view)))),
      try WriteCase(
        "ordered", batch: bulkCount, ring: bulkRing, clock: clock,
        writer: BulkWrites(OrderedProducer(try OrderedRing(bulkRing.view.ring, keeper: bulkRing.view)))),
    ]
  }

  private static func cooperative(_ clock: MonotonicClock) throws -> [WriteCase] {
    let (ring, bulkRing) = (try BenchmarkRing(), try BenchmarkRing())
    return [
      try WriteCase(
        "cooperative", batch: 1, ring: ring, clock: clock,
        writer: SingleWrites(try CooperativeProducer(CooperativeRing(ring.view.ring, keeper: ring.view)))),
      try WriteCase(
        "cooperative", batch: bulkCount, ring: bulkRing, clock: clock,
        writer: BulkWrites(try CooperativeProducer(CooperativeRing(bulkRing.view.ring, keeper: bulkRing.view)))),
    ]
  }

  private static func peers(_ clock: MonotonicClock) throws -> [WriteCase] {
    #if DPDK
      let ring = try BenchmarkRing()
      return [
        try WriteCase(
          "shared", batch: 1, peer: "dpdk", ring: ring, clock: clock,
          writer: DPDKWrites(try DPDKRing(on: ring.region, byteCount: BenchmarkRing.ringByteCount)))
      ]
    #else
      return []
    #endif
  }
}
