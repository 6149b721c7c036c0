#if DPDK
  /// A call of DPDK's ring for every message.
  struct DPDKWrites: MessageWriter, ~Copyable {
    private let ring: DPDKRing
    private(set) var doorbellCount = 0

    init(_ ring: DPDKRing) { self.ring = ring }

    @inline(__always)
    mutating func write(from number: UInt64) -> UInt64 {
      guard let mustSignal = ring.send(RingMessage.nvspWords(number), transactionID: number) else { return 0 }
      if mustSignal { doorbellCount += 1 }
      return 1
    }
  }
#endif
