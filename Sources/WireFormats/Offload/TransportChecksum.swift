/// A TCP or UDP checksum that a host computes. Offsets are in bytes from the frame's first.
package struct TransportChecksum: Equatable, Sendable {
  /// What it covers: from the transport header to the packet's end.
  package let covered: Range<Int>
  package let isUDP: Bool

  /// The shortest header of either protocol; the checksum is inside it.
  static func headerByteCount(isUDP: Bool) -> Int { isUDP ? 8 : 20 }

  private var fieldOffset: Int { covered.lowerBound + (isUDP ? 6 : 16) }

  /// Computes the checksum of a packet that lies in `frame`.
  ///
  /// The guest promises that the field holds the sum of the pseudo header, so that a host need not know what is in it:
  /// with routing headers, that is more than can be seen in one place.
  @_lifetime(frame: copy frame)
  package func fill(in frame: inout MutableRawSpan) {
    var checksum = InternetChecksum()
    checksum.add(frame.bytes.extracting(covered))
    // In UDP a zero says that there is no checksum; a sum of zero is sent as its other form.
    frame.storeBigEndian(isUDP && checksum.value == 0 ? 0xFFFF : checksum.value, at: fieldOffset)
  }

  /// Adds the bytes covered to the sum that the guest left in the field, where it took them for none.
  @_lifetime(frame: copy frame)
  func completePseudoHeader(in frame: inout MutableRawSpan) {
    var checksum = InternetChecksum()
    checksum.add(frame.bytes.loadBigEndian(at: fieldOffset))
    checksum.add(UInt16(truncatingIfNeeded: covered.count))
    frame.storeBigEndian(checksum.partial, at: fieldOffset)
  }
}

/// The checksum of an IPv4 header, options included, that a host computes.
package struct IPv4HeaderChecksum: Equatable, Sendable {
  /// What it covers, in bytes from the frame's first.
  package let covered: Range<Int>

  /// Computes the checksum, whatever the field holds.
  @_lifetime(frame: copy frame)
  package func fill(in frame: inout MutableRawSpan) {
    let fieldOffset = covered.lowerBound + 10
    frame.storeBigEndian(0 as UInt16, at: fieldOffset)
    var checksum = InternetChecksum()
    checksum.add(frame.bytes.extracting(covered))
    frame.storeBigEndian(checksum.value, at: fieldOffset)
  }
}
