public import Synchronization

/// A 32-bit word of a ring's control page, which both sides see. One method per ordering, so that every use names its.
@safe @frozen
@usableFromInline
package struct SharedWord: @unchecked Sendable {
  // `@unchecked`: the word is atomic; the mapping it lies in is kept by whoever holds the `MappedRing` it came from.
  @usableFromInline let word: UnsafePointer<Atomic<UInt32>>

  @inlinable
  package init(_ address: UnsafeMutableRawPointer) {
    unsafe word = UnsafePointer(address.assumingMemoryBound(to: Atomic<UInt32>.self))
  }

  @inlinable @inline(__always)
  package func loadRelaxed() -> UInt32 { unsafe word.pointee.load(ordering: .relaxed) }

  @inlinable @inline(__always)
  package func loadAcquiring() -> UInt32 { unsafe word.pointee.load(ordering: .acquiring) }

  @inlinable @inline(__always)
  package func storeRelaxed(_ value: UInt32) { unsafe word.pointee.store(value, ordering: .relaxed) }

  @inlinable @inline(__always)
  package func storeReleasing(_ value: UInt32) { unsafe word.pointee.store(value, ordering: .releasing) }
}

/// A 64-bit word that the threads of one side share among themselves; the other side never sees it.
@safe @frozen
@usableFromInline
package struct PrivateWord: @unchecked Sendable {
  // `@unchecked`: as for `SharedWord`; the cell is kept by the `PrivateWords` it came from.
  @usableFromInline let word: UnsafePointer<Atomic<UInt64>>

  @inlinable
  init(_ address: UnsafeMutableRawPointer) {
    unsafe word = UnsafePointer(address.assumingMemoryBound(to: Atomic<UInt64>.self))
  }

  @inlinable @inline(__always)
  package func loadRelaxed() -> UInt64 { unsafe word.pointee.load(ordering: .relaxed) }

  @inlinable @inline(__always)
  package func loadAcquiring() -> UInt64 { unsafe word.pointee.load(ordering: .acquiring) }

  @inlinable @inline(__always)
  package func storeRelaxed(_ value: UInt64) { unsafe word.pointee.store(value, ordering: .relaxed) }

  @inlinable @inline(__always)
  package func storeReleasing(_ value: UInt64) { unsafe word.pointee.store(value, ordering: .releasing) }

  /// Puts `desired` where `expected` was; may fail for no reason, so it belongs in a loop. Returns whether it did, and
  /// what was there.
  @inlinable @inline(__always)
  package func exchangeRelaxed(expected: UInt64, desired: UInt64) -> (exchanged: Bool, original: UInt64) {
    unsafe word.pointee.weakCompareExchange(expected: expected, desired: desired, ordering: .relaxed)
  }
}

/// Words that the threads of one side share, each on cache lines of its own.
@safe
package final class PrivateWords: Sendable {
  /// Two lines of 64 bytes: the prefetcher of common processors fetches lines in pairs.
  private static let stride = 128
  // SAFETY: set once; the words are atomic.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer
  package let count: Int

  /// `count` words, all zero.
  package init(count: Int) {
    precondition(count > 0)
    self.count = count
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: count * Self.stride, alignment: Self.stride)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: count * Self.stride)
  }

  deinit { unsafe base.deallocate() }

  /// The word at `index`; valid as long as this object lives.
  package subscript(index: Int) -> PrivateWord {
    precondition(index >= 0 && index < count)
    return unsafe PrivateWord(base + index * Self.stride)
  }
}

/// A full fence: no load or store of this thread crosses it in either direction.
@inlinable @inline(__always)
package func fullFence() { atomicMemoryFence(ordering: .sequentiallyConsistent) }
