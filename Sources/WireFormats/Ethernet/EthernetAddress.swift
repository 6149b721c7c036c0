/// The address of a network interface.
package struct EthernetAddress: Hashable, Sendable {
  package static let byteCount = 6

  /// The six bytes as one number, the first byte the highest.
  private let bits: UInt64

  /// All stations.
  package static let broadcast = Self(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)

  /// The address with these bytes, in the order they are written and sent.
  package init(_ b0: UInt8, _ b1: UInt8, _ b2: UInt8, _ b3: UInt8, _ b4: UInt8, _ b5: UInt8) {
    let high = UInt64(b0) << 40 | UInt64(b1) << 32 | UInt64(b2) << 24
    bits = high | UInt64(b3) << 16 | UInt64(b4) << 8 | UInt64(b5)
  }

  /// The address `bytes` begin with. Throws when there are not six bytes.
  package init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Self.byteCount else { throw .truncated(needed: Self.byteCount, got: bytes.byteCount) }
    let high: UInt16 = bytes.loadBigEndian(at: 0)
    let low: UInt32 = bytes.loadBigEndian(at: 2)
    bits = UInt64(high) << 32 | UInt64(low)
  }

  /// The six bytes, in the order they are written and sent.
  package var bytes: InlineArray<6, UInt8> {
    InlineArray { UInt8(truncatingIfNeeded: bits >> (8 * UInt64(Self.byteCount - 1 - $0))) }
  }

  /// Whether frames to it go to a group; broadcast is one.
  package var isMulticast: Bool { bits >> 40 & 1 != 0 }

  /// Writes the six bytes from `offset` on.
  @_lifetime(out: copy out)
  package func store(into out: inout MutableRawSpan, at offset: Int) {
    out.storeLittleEndian(UInt16(truncatingIfNeeded: bits >> 32).byteSwapped, at: offset)
    out.storeLittleEndian(UInt32(truncatingIfNeeded: bits).byteSwapped, at: offset + 2)
  }
}

extension EthernetAddress: CustomStringConvertible {
  package var description: String {
    let bytes = bytes
    return bytes.indices.map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined(separator: ":")
  }
}
