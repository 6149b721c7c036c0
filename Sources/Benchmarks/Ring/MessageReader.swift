internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// What a reader has seen.
struct Receipt: Equatable {
  /// How many messages are read before their space is given back at the latest.
  private static let batchCount = 128

  private(set) var count: UInt64 = 0
  /// The sum of the messages' numbers, around: one that was lost or read twice shows.
  private(set) var sum: UInt64 = 0

  init() {}

  /// What messages numbered from 1 to `count` leave behind.
  init(ofAll count: UInt64) {
    self.count = count
    sum = count * (count + 1) / 2
  }

  /// Reads a batch, each message's descriptor and the words of its NVSP message that mean something. Returns how many
  /// messages there were.
  ///
  /// Never inlined, so that `.ci/hot-path` finds it in the object code.
  @inline(never)
  mutating func read(from consumer: inout RingConsumer<MappedRing>) throws(RingError) -> Int {
    var read = 0
    while read < Self.batchCount, let packet = try consumer.next() {
      precondition(packet.word(at: 16) != 0 && packet.word(at: 24) != 0, "a message says what it is")
      sum &+= packet.descriptor.transactionID
      read += 1
    }
    if read > 0 { _ = consumer.release() }
    count += UInt64(read)
    return read
  }
}
