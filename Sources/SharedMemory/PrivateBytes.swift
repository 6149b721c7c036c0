/// Memory of one side's own: a scratch area, or a place that outlives the call that fills it.
@safe
@usableFromInline
package struct PrivateBytes: ~Copyable, @unchecked Sendable {
  // `@unchecked`: owned by this value alone.
  @usableFromInline let start: UnsafeMutableRawPointer
  @usableFromInline package let byteCount: Int

  /// `byteCount` zeroed bytes, aligned to a cache line.
  package init(byteCount: Int) {
    precondition(byteCount > 0)
    self.byteCount = byteCount
    unsafe start = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  /// A copy of `bytes`, which must not be empty.
  package init(copying bytes: [UInt8]) {
    self.init(byteCount: bytes.count)
    unsafe start.copyMemory(from: bytes, byteCount: bytes.count)
  }

  deinit { unsafe start.deallocate() }

  /// A copy of some of the bytes.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count))
  }

  /// The first `count` bytes.
  @_lifetime(borrow self)
  package func span(_ count: Int) -> RawSpan { span(0..<count) }

  /// Some of the bytes.
  @inlinable
  @_lifetime(borrow self)
  package func span(_ range: Range<Int>) -> RawSpan {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
    // SAFETY: checked above; self owns the bytes and is borrowed.
    let span = unsafe RawSpan(_unsafeStart: start + range.lowerBound, byteCount: range.count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Copies `bytes` in at `offset`.
  package mutating func write(_ bytes: RawSpan, at offset: Int) {
    precondition(offset >= 0 && bytes.byteCount <= byteCount - offset)
    // SAFETY: both ends are checked; nobody else has these bytes.
    unsafe bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        unsafe (start + offset).copyMemory(from: address, byteCount: source.count)
      }
    }
  }

  /// Sets every byte of the range to zero.
  package mutating func clear(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
    unsafe (start + range.lowerBound).initializeMemory(as: UInt8.self, repeating: 0, count: range.count)
  }

  /// The first `count` bytes, for writing.
  @_lifetime(&self)
  package mutating func mutableSpan(_ count: Int) -> MutableRawSpan {
    precondition(count >= 0 && count <= byteCount)
    // SAFETY: checked above; self owns the bytes and cannot be used meanwhile.
    let span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: count)
    return unsafe _overrideLifetime(span, mutating: &self)
  }
}
