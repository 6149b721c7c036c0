/// The ones' complement sum that IPv4, TCP and UDP headers carry (RFC 1071).
package struct InternetChecksum: Sendable {
  // Words as they lie in memory, little-endian: the sum of swapped words is the swapped sum. The carries above 16 bits
  // are folded at the end; 2^32 words fit.
  private var sum: UInt64 = 0
  private var byteCount = 0

  /// The sum of nothing.
  package init() {}

  /// Adds the next bytes. A last odd one is the upper half of a word, whose lower half comes with the bytes added next.
  package mutating func add(_ bytes: RawSpan) {
    let piece = Self.sum(of: bytes)
    // Behind an odd byte every byte is in the other half of its word.
    sum += UInt64(byteCount % 2 == 0 ? piece : piece.byteSwapped)
    byteCount += bytes.byteCount
  }

  /// Adds a number, as two bytes in network order. Only whole words are in front of it.
  package mutating func add(_ word: UInt16) {
    precondition(byteCount % 2 == 0, "a number is a word of its own")
    sum += UInt64(word.byteSwapped)
  }

  /// Adds what TCP and UDP take for the header in front of theirs: the addresses of the packet in `frame`, the number of
  /// the protocol behind its headers, and the bytes from there on, header included.
  ///
  /// Where a large send is asked for, that count is 0.
  package mutating func addPseudoHeader(of layout: FrameLayout, in frame: RawSpan, transportByteCount: Int) {
    guard let transport = layout.transport else { preconditionFailure("a pseudo header is for a transport header") }
    let addresses =
      switch layout.version {
      case .v4: layout.ipOffset + 12..<layout.ipOffset + 20
      case .v6: layout.ipOffset + 8..<layout.ipOffset + 40
      }
    add(frame.extracting(addresses))
    add(UInt16(transport.number.rawValue))
    add(UInt16(truncatingIfNeeded: transportByteCount >> 16))
    add(UInt16(truncatingIfNeeded: transportByteCount))
  }

  /// The sum itself, not complemented: what a guest leaves in a checksum field for its host to go on from.
  package var partial: UInt16 { Self.fold(sum).byteSwapped }

  /// The value of the checksum field.
  package var value: UInt16 { ~partial }

  /// The folded sum of words as they lie in memory, a last odd byte with a zero behind it.
  private static func sum(of bytes: RawSpan) -> UInt16 {
    // Two sums that do not wait for each other. Halves of eight bytes, so that no carry is lost.
    var (low, high): (UInt64, UInt64) = (0, 0)
    var offset = 0
    while bytes.byteCount - offset >= 8 {
      let word: UInt64 = bytes.loadLittleEndian(at: offset)
      low += word & 0xFFFF_FFFF
      high += word >> 32
      offset += 8
    }
    while bytes.byteCount - offset >= 2 {
      low += UInt64(bytes.loadLittleEndian(at: offset, as: UInt16.self))
      offset += 2
    }
    if offset < bytes.byteCount { low += UInt64(bytes.loadLittleEndian(at: offset, as: UInt8.self)) }
    return fold(low + high)
  }

  private static func fold(_ sum: UInt64) -> UInt16 {
    var folded = sum
    while folded > 0xFFFF { folded = (folded & 0xFFFF) + (folded >> 16) }
    return UInt16(truncatingIfNeeded: folded)
  }
}
