/// Everything in rings, NVSP and RNDIS is little-endian and packed, so fields are loaded and stored without regard to
/// alignment. A load or store outside the span traps: parsers compare lengths first.
extension RawSpan {
  /// The little-endian integer whose first byte is at `offset`.
  @inlinable @inline(__always)
  package func loadLittleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    // SAFETY: the span checks the bounds; every bit pattern is an integer; the load asks for no alignment.
    unsafe Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The big-endian (network order) integer whose first byte is at `offset`.
  @inlinable @inline(__always)
  package func loadBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    loadLittleEndian(at: offset, as: Value.self).byteSwapped
  }
}

extension MutableRawSpan {
  /// Stores an integer little-endian, its first byte at `offset`.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  package mutating func storeLittleEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }

  /// Stores an integer big-endian (in network order), its first byte at `offset`.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  package mutating func storeBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    storeLittleEndian(value.byteSwapped, at: offset)
  }

  /// Copies `bytes` in, the first to `offset`.
  @_lifetime(self: copy self)
  package mutating func copyBytes(_ bytes: RawSpan, at offset: Int) {
    precondition(offset >= 0 && bytes.byteCount <= byteCount - offset, "the bytes fit behind their offset")
    for index in 0..<bytes.byteCount {
      storeLittleEndian(bytes.loadLittleEndian(at: index, as: UInt8.self), at: offset + index)
    }
  }

  /// Sets every byte to zero.
  @_lifetime(self: copy self)
  package mutating func zeroFill() {
    for index in 0..<byteCount { storeLittleEndian(0 as UInt8, at: index) }
  }
}
