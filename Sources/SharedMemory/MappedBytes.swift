public import Synchronization

/// Bytes that guest and host both see, as a handful of numbers: what a hot path holds in place of `SharedBytes`.
///
/// It keeps nothing alive: whoever stores one stores the region, or a `SharedBytes` of it, beside it.
@safe @frozen
@usableFromInline
package struct MappedBytes: BitwiseCopyable, @unchecked Sendable {
  // `@unchecked`: a pointer into a mapping that somebody else keeps; who may write is settled by the protocol.
  @usableFromInline let start: UnsafeMutableRawPointer
  @usableFromInline package let byteCount: Int

  @inlinable @inline(__always)
  init(start: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe self.start = unsafe start
    self.byteCount = byteCount
  }

  /// Bytes that this process has mapped for itself. Whoever gives them keeps them as long as the window is used.
  package init(ofThisProcess bytes: UnsafeRawBufferPointer) {
    precondition(unsafe bytes.baseAddress != nil, "there are bytes")
    unsafe self.init(start: UnsafeMutableRawPointer(mutating: bytes.baseAddress!), byteCount: bytes.count)
  }

  /// The same by their address.
  ///
  /// SAFETY: the address comes from somebody of this process who keeps the bytes, and is believed. None that a process can
  /// have goes beyond 2^57.
  @inlinable @inline(__always)
  package init?(ofThisProcessAt address: UInt64, byteCount: Int) {
    guard address < 1 << 57, let start = unsafe UnsafeMutableRawPointer(bitPattern: UInt(address)) else { return nil }
    unsafe self.init(start: start, byteCount: byteCount)
  }

  /// Where the bytes begin in this process.
  @inlinable @inline(__always)
  package var address: UInt64 { unsafe UInt64(UInt(bitPattern: start)) }

  @inlinable @inline(__always)
  func check(_ offset: Int, _ count: Int) {
    precondition(offset >= 0 && count >= 0 && offset <= byteCount &- count, "a part lies inside its window")
  }

  /// Whether the window has `count` bytes or more; no window has fewer than none.
  @inlinable @inline(__always)
  package func holds(_ count: Int) -> Bool { UInt(bitPattern: count) <= UInt(bitPattern: byteCount) }

  /// A narrower window.
  @inlinable @inline(__always)
  package func part(_ offset: Int, _ count: Int) -> MappedBytes {
    check(offset, count)
    return unsafe MappedBytes(start: start + offset, byteCount: count)
  }

  /// The window without its first `count` bytes.
  @inlinable @inline(__always)
  package func suffix(from count: Int) -> MappedBytes {
    precondition(holds(count), "a part lies inside its window")
    return unsafe MappedBytes(start: start + count, byteCount: byteCount &- count)
  }

  /// The bytes as they are now, while `keeper` keeps them. The other side may change them while they are looked at: fit
  /// for bytes that nothing depends on, such as a frame's, each looked at once.
  @inlinable @inline(__always)
  @_lifetime(borrow keeper)
  package func span<Keeper: ~Copyable>(_ offset: Int, _ count: Int, keptBy keeper: borrowing Keeper) -> RawSpan {
    check(offset, count)
    // SAFETY: checked above; the keeper keeps the mapping while it is borrowed.
    let span = unsafe RawSpan(_unsafeStart: start + offset, byteCount: count)
    return unsafe _overrideLifetime(span, borrowing: keeper)
  }

  /// The bytes, for writing, while `keeper` keeps them.
  @_lifetime(borrow keeper)
  package func mutableSpan<Keeper: ~Copyable>(
    _ offset: Int, _ count: Int, keptBy keeper: borrowing Keeper
  ) -> MutableRawSpan {
    check(offset, count)
    // SAFETY: checked above; the keeper keeps the mapping while it is borrowed.
    let span = unsafe MutableRawSpan(_unsafeStart: start + offset, byteCount: count)
    return unsafe _overrideLifetime(span, borrowing: keeper)
  }

  /// The little-endian word at `offset`, loaded once.
  @inlinable @inline(__always)
  package func loadWord(at offset: Int) -> UInt64 {
    check(offset, 8)
    let address = unsafe start + offset
    guard UInt(bitPattern: address) % 8 == 0 else { return loadWordByBytes(at: offset) }
    return unsafe UInt64(
      littleEndian: UnsafePointer(address.assumingMemoryBound(to: Atomic<UInt64>.self)).pointee.load(ordering: .relaxed)
    )
  }

  /// Little-endian words one behind the other, each loaded once.
  @inlinable @inline(__always)
  package func loadWords<let count: Int>(at offset: Int) -> InlineArray<count, UInt64> {
    check(offset, 8 * count)
    let address = unsafe start + offset
    guard UInt(bitPattern: address) % 8 == 0 else {
      return InlineArray { loadWordByBytes(at: offset + 8 * $0) }
    }
    let words = unsafe UnsafePointer(address.assumingMemoryBound(to: Atomic<UInt64>.self))
    return InlineArray { unsafe UInt64(littleEndian: words[$0].load(ordering: .relaxed)) }
  }

  /// The little-endian words that the window begins with, each loaded once; nil where they do not lie at a multiple of 8.
  @inlinable @inline(__always)
  package func loadAlignedWords<let count: Int>() -> InlineArray<count, UInt64>? {
    precondition(holds(8 * count), "a part lies inside its window")
    guard unsafe UInt(bitPattern: start) % 8 == 0 else { return nil }
    let words = unsafe UnsafePointer(start.assumingMemoryBound(to: Atomic<UInt64>.self))
    return InlineArray { unsafe UInt64(littleEndian: words[$0].load(ordering: .relaxed)) }
  }

  /// A word that is not aligned is not loaded at once, but each byte of it is.
  @usableFromInline
  func loadWordByBytes(at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { word, index in
      let byte = unsafe UnsafePointer((start + offset + index).assumingMemoryBound(to: Atomic<UInt8>.self)).pointee
        .load(ordering: .relaxed)
      return word | UInt64(byte) << (8 * UInt64(index))
    }
  }

  /// Stores words from `offset` on, of any alignment.
  @inlinable @inline(__always)
  package func storeWords<let count: Int>(_ words: InlineArray<count, UInt64>, at offset: Int) {
    check(offset, 8 * count)
    for index in 0..<count {
      // SAFETY: checked above.
      unsafe (start + offset + 8 * index).storeBytes(of: words[index].littleEndian, as: UInt64.self)
    }
  }

  /// Stores half a word at `offset`, of any alignment.
  @inlinable @inline(__always)
  package func storeHalf(_ half: UInt32, at offset: Int) {
    check(offset, 4)
    unsafe (start + offset).storeBytes(of: half.littleEndian, as: UInt32.self)
  }

  /// Makes the window begin with a header, which ends with half a word, a copy of `byteCount` bytes of `source`, and zeros:
  /// `paddedByteCount` bytes in all. Up to seven zeros are seen to here.
  @inlinable @inline(__always)
  package func write<let count: Int>(
    header words: InlineArray<count, UInt64>, _ half: UInt32, copying source: RawSpan, from byteOffset: UInt32,
    _ byteCount: UInt32, paddedTo paddedByteCount: Int
  ) {
    let headerByteCount = 8 * count + 4
    let bodyByteCount = Int(byteCount)
    precondition(
      holds(paddedByteCount) && headerByteCount &+ bodyByteCount <= paddedByteCount, "a packet lies inside its window")
    precondition(Int(byteOffset) &+ bodyByteCount <= source.byteCount, "a copy lies inside its source")
    // SAFETY: all parts lie inside, as checked, the last word as well, since the header is longer than that; a window and
    // a caller's span do not overlap unless the caller made them.
    unsafe (start + paddedByteCount - 8).storeBytes(of: 0, as: UInt64.self)
    unsafe source.withUnsafeBytes { source in
      if let address = source.baseAddress {
        unsafe copyFrame(from: address + Int(byteOffset), to: start + headerByteCount, byteCount: bodyByteCount)
      }
    }
    for index in 0..<count {
      unsafe (start + 8 * index).storeBytes(of: words[index].littleEndian, as: UInt64.self)
    }
    unsafe (start + 8 * count).storeBytes(of: half.littleEndian, as: UInt32.self)
  }

  /// Copies `bytes` in at `offset`.
  @inlinable @inline(__always)
  package func write(_ bytes: RawSpan, at offset: Int) {
    check(offset, bytes.byteCount)
    // SAFETY: both ends are checked; a window and a caller's span do not overlap unless the caller made them.
    unsafe bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        unsafe (start + offset).copyMemory(from: address, byteCount: source.count)
      }
    }
  }

  /// Copies bytes out, each read once, so that what is judged is what is used. `out` has room for `count` bytes.
  @inlinable
  package func copy(_ offset: Int, _ count: Int, into out: inout MutableRawSpan) {
    check(offset, count)
    precondition(count <= out.byteCount, "a copy fits its span")
    let source = unsafe start + offset
    var copied = 0
    if UInt(bitPattern: source) % 8 == 0 {
      while copied + 8 <= count {
        let word = unsafe UnsafePointer((source + copied).assumingMemoryBound(to: Atomic<UInt64>.self)).pointee
          .load(ordering: .relaxed)
        out.storeBytes(of: word, toByteOffset: copied, as: UInt64.self)
        copied += 8
      }
      if copied + 4 <= count {
        let word = unsafe UnsafePointer((source + copied).assumingMemoryBound(to: Atomic<UInt32>.self)).pointee
          .load(ordering: .relaxed)
        out.storeBytes(of: word, toByteOffset: copied, as: UInt32.self)
        copied += 4
      }
    }
    while copied < count {
      let byte = unsafe UnsafePointer((source + copied).assumingMemoryBound(to: Atomic<UInt8>.self)).pointee
        .load(ordering: .relaxed)
      out.storeBytes(of: byte, toByteOffset: copied, as: UInt8.self)
      copied += 1
    }
  }
}

extension SharedBytes {
  /// The same window, for a holder that keeps this one or its region.
  package var mapped: MappedBytes { unsafe MappedBytes(start: start, byteCount: byteCount) }
}
