/// A number of packets, and the bytes of their frames.
package struct Tally: Sendable, Equatable, Codable {
  package var packets: UInt64
  package var bytes: UInt64

  package static let zero = Tally()

  @inlinable
  package init(packets: UInt64 = 0, bytes: UInt64 = 0) {
    self.packets = packets
    self.bytes = bytes
  }

  @inlinable
  package static func + (left: Tally, right: Tally) -> Tally {
    Tally(packets: left.packets + right.packets, bytes: left.bytes + right.bytes)
  }

  @inlinable
  package static func += (left: inout Tally, right: Tally) { left = left + right }

  /// Whether neither the packets nor the bytes are more than those of `other`.
  package func isWithin(_ other: Tally) -> Bool { packets <= other.packets && bytes <= other.bytes }
}
