/// One packet of a capture, in the reader's memory: valid until the next packet is read.
package struct CapturedPacket: ~Escapable {
  /// The bytes the capture holds of the packet, from its link-layer header on.
  package let bytes: RawSpan
  /// How long the packet was on the wire, in bytes; never less than what was captured of it.
  package let originalByteCount: Int
  /// When it was captured, in nanoseconds since 1970 (UTC).
  package let timestamp: Int64

  @_lifetime(copy bytes)
  init(bytes: RawSpan, originalByteCount: Int, timestamp: Int64) {
    self.bytes = bytes
    // A file can claim that the wire carried less than was captured; what was captured was there.
    self.originalByteCount = max(originalByteCount, bytes.byteCount)
    self.timestamp = timestamp
  }

  /// Whether the capture holds only the beginning of the packet.
  package var isTruncated: Bool { bytes.byteCount < originalByteCount }
}
