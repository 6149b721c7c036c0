internal import Synchronization

/// A window on bytes that several parties see: guest and host, or the threads of one of them.
///
/// The window keeps its memory. Whoever writes owns the bytes by the protocol (a section that is not in flight); whoever
/// reads bytes that the other side may still change copies them out first, with `copy(_:into:)`.
@safe
@usableFromInline
package struct SharedBytes: @unchecked Sendable {
  // `@unchecked`: a pointer into a mapping that `owner` keeps; who may write is settled by the protocol.
  @usableFromInline let start: UnsafeMutableRawPointer
  /// How many bytes the window shows.
  @usableFromInline package let byteCount: Int
  let owner: AnyObject

  init(start: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject) {
    unsafe self.start = unsafe start
    self.byteCount = byteCount
    self.owner = owner
  }

  /// A window on memory of this process alone, aligned to a cache line. Not zeroed.
  package init(allocating byteCount: Int) {
    let block = HeapBlock(byteCount: byteCount)
    unsafe self.init(start: block.start, byteCount: byteCount, owner: block)
  }

  @inlinable @inline(__always)
  func check(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a part lies inside its window")
  }

  /// A narrower window.
  package func part(_ range: Range<Int>) -> SharedBytes {
    check(range)
    return unsafe SharedBytes(start: start + range.lowerBound, byteCount: range.count, owner: owner)
  }

  /// The bytes as they are now. The other side may change them while they are looked at: fit for bytes that nothing
  /// depends on, such as a frame's, each looked at once.
  @inlinable
  @_lifetime(borrow self)
  package func span(_ range: Range<Int>) -> RawSpan {
    check(range)
    // SAFETY: checked above; the owner keeps the mapping while self is borrowed.
    let span = unsafe RawSpan(_unsafeStart: start + range.lowerBound, byteCount: range.count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The bytes, for writing.
  @_lifetime(borrow self)
  package func mutableSpan(_ range: Range<Int>) -> MutableRawSpan {
    check(range)
    // SAFETY: checked above; the owner keeps the mapping while self is borrowed.
    let span = unsafe MutableRawSpan(_unsafeStart: start + range.lowerBound, byteCount: range.count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Copies bytes out, each read once, so that what is judged is what is used. `out` has exactly the range's size.
  package func copy(_ range: Range<Int>, into out: inout MutableRawSpan) {
    check(range)
    precondition(out.byteCount == range.count, "a copy fills its span")
    let source = unsafe start + range.lowerBound
    var offset = 0
    if UInt(bitPattern: source) % 8 == 0 {
      while offset + 8 <= range.count {
        let word = unsafe UnsafePointer((source + offset).assumingMemoryBound(to: Atomic<UInt64>.self)).pointee
          .load(ordering: .relaxed)
        out.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        offset += 8
      }
    }
    while offset < range.count {
      let byte = unsafe UnsafePointer((source + offset).assumingMemoryBound(to: Atomic<UInt8>.self)).pointee
        .load(ordering: .relaxed)
      out.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      offset += 1
    }
  }

  /// Copies bytes out, each read once, into memory of our own.
  package func copy(_ range: Range<Int>) -> PrivateBytes {
    var copy = PrivateBytes(byteCount: range.count)
    var out = copy.mutableSpan(range.count)
    self.copy(range, into: &out)
    return copy
  }

  /// Copies `bytes` in at `offset`.
  @inlinable
  package func write(_ bytes: RawSpan, at offset: Int) {
    check(offset..<offset + bytes.byteCount)
    // SAFETY: both ends are checked; a window and a caller's span do not overlap unless the caller made them.
    unsafe bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        unsafe (start + offset).copyMemory(from: address, byteCount: source.count)
      }
    }
  }

  /// Sets every byte of the range to zero.
  package func clear(_ range: Range<Int>) {
    check(range)
    unsafe (start + range.lowerBound).initializeMemory(as: UInt8.self, repeating: 0, count: range.count)
  }
}

/// Memory that lives as long as a window on it.
@safe
private final class HeapBlock {
  let start: UnsafeMutableRawPointer

  init(byteCount: Int) {
    precondition(byteCount > 0)
    unsafe start = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
  }

  deinit { unsafe start.deallocate() }
}
