package import SharedMemory

extension SharedBytes {
  /// The bytes of a range, in memory of the test's own.
  package func array(_ range: Range<Int>) -> [UInt8] { span(range).withUnsafeBytes { [UInt8]($0) } }

  /// All bytes, in memory of the test's own.
  package var array: [UInt8] { array(0..<byteCount) }

  /// Copies `bytes` in at `offset`.
  package func write(_ bytes: [UInt8], at offset: Int) { write(bytes.span.bytes, at: offset) }
}
