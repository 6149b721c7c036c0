#if DPDK
  import CDPDKRing
  import Glibc
  import SharedMemory
  import TestSupport

  /// One end of a ring as DPDK's code drives it, on a flat mapping of its own.
  final class DPDKRing {
    private var ring = dpdk_ring()
    private let start: UnsafeMutableRawPointer
    private let byteCount: Int

    init(on test: TestRing) {
      byteCount = test.region.byteCount
      start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, test.region.descriptor, 0)
      precondition(start != MAP_FAILED)
      dpdk_ring_open(&ring, start, UInt32(byteCount))
    }

    deinit { munmap(start, byteCount) }

    /// Writes a packet without its trailer. Returns whether the reader must be woken; nil while the ring is full.
    func write(_ words: [UInt64]) -> Bool? {
      var mustSignal = false
      let result = dpdk_ring_write(&ring, words, words.count * 8, &mustSignal)
      precondition(result == 0 || result == -EAGAIN, "DPDK refused a packet: \(result)")
      return result == 0 ? mustSignal : nil
    }

    /// The next packet without its trailer; nil when there is none.
    func read() -> [UInt64]? {
      var descriptor: (UInt64, UInt64) = (0, 0)
      guard dpdk_ring_peek(&ring, &descriptor, 16) == 0 else { return nil }
      var words = [UInt64](repeating: 0, count: Int(descriptor.0 >> 32 & 0xFFFF))
      let result = dpdk_ring_read(&ring, &words, words.count * 8)
      precondition(result == 0, "DPDK could not read what it saw: \(result)")
      return words
    }
  }
#endif
