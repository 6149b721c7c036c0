public import Synchronization

/// One ring in memory: a control page, and data pages that are an array of 64-bit words.
///
/// Every structure a ring carries begins at a multiple of eight and is made of little-endian words, so a word never
/// straddles the end of the data:
/// ```
///   single mapping  [ data ]          offset >= dataByteCount  →  offset - dataByteCount
///   double mapping  [ data | data ]   any packet that starts in the first copy ends before the second does
/// ```
/// Loads of data words are atomic (relaxed), so that a peer which changes a word while it is read is seen once, with one
/// value. Stores are plain: they are ordered by publication alone, which lets a race detector find a missing edge.
///
/// A `MappedRing` is a handful of numbers and keeps nothing alive: whoever stores one stores its `RingView` beside it.
@safe @frozen
@usableFromInline
package struct MappedRing: @unchecked Sendable {
  // `@unchecked`: pointers into a mapping that the `RingView` keeps, to words that are shared by design.
  @usableFromInline let control: UnsafeMutableRawPointer
  @usableFromInline let data: UnsafeMutableRawPointer
  @usableFromInline let contiguousByteCount: UInt32
  /// The size of the data area, a multiple of 4096.
  @usableFromInline package let dataByteCount: UInt32

  init(control: UnsafeMutableRawPointer, dataByteCount: Int, contiguousByteCount: Int) {
    unsafe self.control = unsafe control
    // One page behind the control page, as every guest has it on 4 KiB pages.
    unsafe data = unsafe control + SystemCalls.pageByteCount
    self.dataByteCount = UInt32(dataByteCount)
    self.contiguousByteCount = UInt32(contiguousByteCount)
  }

  // The control page, in 32-bit words at byte offsets.

  /// Where the next packet will start. Written by the side that writes packets.
  @inlinable package var writeIndex: SharedWord { unsafe SharedWord(control + 0) }
  /// Where the next unread packet starts. Written by the side that reads packets.
  @inlinable package var readIndex: SharedWord { unsafe SharedWord(control + 4) }
  /// Not zero: the reader needs no doorbell. Written by the reader.
  @inlinable package var interruptMask: SharedWord { unsafe SharedWord(control + 8) }
  /// Not zero: the bytes that a blocked writer waits for. Written by the writer.
  @inlinable package var pendingSendSize: SharedWord { unsafe SharedWord(control + 12) }
  /// Bit 0: the writer uses `pendingSendSize`. Written by the writer.
  @inlinable package var featureBits: SharedWord { unsafe SharedWord(control + 64) }

  @inlinable @inline(__always)
  func address(of offset: UInt32) -> UnsafeMutableRawPointer {
    assert(offset % 8 == 0 && offset < 2 * dataByteCount)
    let wrapped = offset < contiguousByteCount ? offset : offset - dataByteCount
    return unsafe data + Int(wrapped)
  }

  /// The word at `offset`, below twice the data size, a multiple of 8.
  @inlinable @inline(__always)
  package func loadWord(at offset: UInt32) -> UInt64 {
    unsafe UInt64(
      littleEndian: UnsafePointer(address(of: offset).assumingMemoryBound(to: Atomic<UInt64>.self)).pointee
        .load(ordering: .relaxed))
  }

  /// Words from `offset` on, which lie in one packet: as one part where they do, which is looked at once.
  @inlinable @inline(__always)
  package func loadWords<let count: Int>(at offset: UInt32) -> InlineArray<count, UInt64> {
    assert(offset % 8 == 0 && offset < dataByteCount + 8)
    guard offset <= contiguousByteCount - UInt32(8 * count) else {
      return InlineArray { loadWord(at: offset + UInt32(8 * $0)) }
    }
    // SAFETY: the words, checked above, lie inside the mapping.
    let start = unsafe UnsafePointer((data + Int(offset)).assumingMemoryBound(to: Atomic<UInt64>.self))
    return InlineArray { unsafe UInt64(littleEndian: start[$0].load(ordering: .relaxed)) }
  }

  /// Puts a word at `offset`, below twice the data size, a multiple of 8.
  @inlinable @inline(__always)
  package func storeWord(_ word: UInt64, at offset: UInt32) {
    // Not `storeBytes`: in a debug build that is a call into the standard library, where no race detector looks.
    unsafe address(of: offset).assumingMemoryBound(to: UInt64.self).pointee = word.littleEndian
  }

  /// Puts a packet's words and its trailer at `offset`, as one part where they lie in one, which is looked at once.
  @inlinable @inline(__always)
  package func storePacket<let count: Int>(_ words: InlineArray<count, UInt64>, trailer: UInt64, at offset: UInt32) {
    assert(offset % 8 == 0 && offset < dataByteCount)
    guard offset <= contiguousByteCount - UInt32(8 * count + 8) else {
      for index in 0..<count { storeWord(words[index], at: offset + UInt32(8 * index)) }
      return storeWord(trailer, at: offset + UInt32(8 * count))
    }
    // SAFETY: the packet, checked above, lies inside the mapping.
    let start = unsafe (data + Int(offset)).assumingMemoryBound(to: UInt64.self)
    for index in 0..<count { unsafe start[index] = words[index].littleEndian }
    unsafe start[count] = trailer.littleEndian
  }
}
