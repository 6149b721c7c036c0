#if DPDK
  internal import CDPDKRing
  internal import Glibc
  package import SharedMemory

  /// One end of a ring as DPDK's own code drives it, on a flat mapping of its own: the door to that code.
  ///
  /// Several threads may write through one such end, as queues of its drivers do. Readers must be one at a time.
  @safe
  package final class DPDKRing: @unchecked Sendable {
    // `@unchecked`: that code shares the end among threads by its own means.
    private let ring: UnsafeMutablePointer<dpdk_ring>
    private let start: UnsafeMutableRawPointer
    private let byteCount: Int

    /// Takes over the ring in the first `byteCount` bytes of the region, its control page included.
    package init(on region: SharedRegion, byteCount: Int) throws(SystemError) {
      precondition(byteCount <= region.byteCount)
      let address = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, region.descriptor, 0)
      guard let address = unsafe address, unsafe address != MAP_FAILED else {
        throw SystemError(call: "mmap", code: errno)
      }
      unsafe start = address
      self.byteCount = byteCount
      unsafe ring = UnsafeMutablePointer.allocate(capacity: 1)
      unsafe ring.initialize(to: dpdk_ring())
      unsafe dpdk_ring_open(ring, start, UInt32(byteCount))
    }

    deinit {
      unsafe ring.deallocate()
      unsafe munmap(start, byteCount)
    }

    /// Writes a packet without its trailer. Returns whether the reader must be woken; nil while the ring is full.
    package func write(_ words: [UInt64]) -> Bool? {
      var mustSignal = false
      return unsafe outcome(of: dpdk_ring_write(ring, words, words.count * 8, &mustSignal), mustSignal)
    }

    /// Sends an NVSP message the way netvsc does: in three parts. Returns as `write` does.
    @inline(__always)
    package func send(_ message: InlineArray<5, UInt64>, transactionID: UInt64) -> Bool? {
      var message = message
      var mustSignal = false
      // SAFETY: the call reads the message's own bytes, and keeps no pointer.
      let result = unsafe dpdk_ring_send(
        ring, transactionID, &message, MemoryLayout<InlineArray<5, UInt64>>.size, &mustSignal)
      return outcome(of: result, mustSignal)
    }

    /// The next packet without its trailer; nil when there is none.
    package func read() -> [UInt64]? {
      var descriptor: (UInt64, UInt64) = (0, 0)
      guard unsafe dpdk_ring_peek(ring, &descriptor, 16) == 0 else { return nil }
      var words = [UInt64](repeating: 0, count: Int(descriptor.0 >> 32 & 0xFFFF))
      let result = unsafe dpdk_ring_read(ring, &words, words.count * 8)
      precondition(result == 0, "DPDK reads what it saw")
      return words
    }

    @inline(__always)
    private func outcome(of result: Int32, _ mustSignal: Bool) -> Bool? {
      precondition(result == 0 || result == -EAGAIN, "DPDK refuses a packet only when the ring is full")
      return result == 0 ? mustSignal : nil
    }
  }
#endif
