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

  /// Puts `desired` where `expected` was, and then releases; else acquires. May fail for no reason, so it belongs in a
  /// loop. Returns whether it did, and what was there.
  @inlinable @inline(__always)
  package func exchangeReleasing(expected: UInt64, desired: UInt64) -> (exchanged: Bool, original: UInt64) {
    unsafe word.pointee.weakCompareExchange(
      expected: expected, desired: desired, successOrdering: .releasing, failureOrdering: .acquiring)
  }

  /// Puts `desired` where `expected` was, and fails only where it was not. Acquires.
  @inlinable @inline(__always)
  package func exchangeAcquiring(expected: UInt64, desired: UInt64) -> (exchanged: Bool, original: UInt64) {
    unsafe word.pointee.compareExchange(expected: expected, desired: desired, ordering: .acquiring)
  }

  /// Adds, around. Returns what was there before.
  @inlinable @inline(__always)
  package func addRelaxed(_ value: UInt64) -> UInt64 {
    unsafe word.pointee.wrappingAdd(value, ordering: .relaxed).oldValue
  }
}

/// Words side by side that the threads of one side share; kept by the `PrivateWords` they came from.
@safe @frozen
@usableFromInline
package struct PrivateWordTable: @unchecked Sendable {
  // `@unchecked`: as for `PrivateWord`.
  @usableFromInline let base: UnsafeMutableRawPointer
  @usableFromInline let count: Int

  fileprivate init(base: UnsafeMutableRawPointer, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  @inlinable @inline(__always)
  package subscript(index: Int) -> PrivateWord {
    precondition(index >= 0 && index < count)
    return unsafe PrivateWord(base + index * MemoryLayout<UInt64>.stride)
  }
}

/// Memory for words that the threads of one side share.
@safe
package final class PrivateWords: Sendable {
  /// Two lines of 64 bytes: the prefetcher of common processors fetches lines in pairs.
  private static let lineStride = 128
  // SAFETY: set once; the words are atomic.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer
  private let stride: Int
  package let count: Int

  private init(count: Int, stride: Int) {
    precondition(count > 0)
    self.count = count
    self.stride = stride
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: Self.lineStride)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: count * stride)
  }

  /// `count` words, all zero, each on cache lines of its own.
  package convenience init(count: Int) { self.init(count: count, stride: Self.lineStride) }

  /// `count` words, all zero, side by side.
  package convenience init(tableOf count: Int) { self.init(count: count, stride: MemoryLayout<UInt64>.stride) }

  deinit { unsafe base.deallocate() }

  /// The word at `index`; valid as long as this object lives.
  package subscript(index: Int) -> PrivateWord {
    precondition(index >= 0 && index < count)
    return unsafe PrivateWord(base + index * stride)
  }

  /// All words, where they lie side by side; valid as long as this object lives.
  package var table: PrivateWordTable {
    precondition(stride == MemoryLayout<UInt64>.stride, "these words are on lines of their own")
    return unsafe PrivateWordTable(base: base, count: count)
  }
}

/// A full fence: no load or store of this thread crosses it in either direction.
@inlinable @inline(__always)
package func fullFence() { atomicMemoryFence(ordering: .sequentiallyConsistent) }
