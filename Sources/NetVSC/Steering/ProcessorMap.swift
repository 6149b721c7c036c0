internal import SharedMemory

/// Which queue the senders on each processor use. It may change while they run: each finds out when it asks.
final class ProcessorMap: Sendable {
  /// More processors than machines have that this runs on; those beyond share entries.
  private static let processorCount = 1024

  private let queueCount: Int
  private let queues = PrivateWords(tableOf: ProcessorMap.processorCount)

  /// Counts around the queues.
  init(queueCount: Int) {
    self.queueCount = queueCount
    for processor in 0..<Self.processorCount { self[processor] = processor % queueCount }
  }

  // Relaxed: nothing is handed over by an entry.
  subscript(processor: Int) -> Int {
    get { Int(queues.table[processor % Self.processorCount].loadRelaxed()) }
    set(queue) {
      precondition((0..<queueCount).contains(queue), "a processor is mapped to a queue that there is")
      queues.table[processor % Self.processorCount].storeRelaxed(UInt64(queue))
    }
  }
}
