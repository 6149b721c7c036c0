/// Which packets of each capture are sent: those that all of it allows.
package struct PacketSelection: Sendable, Equatable {
  /// A filter expression of libpcap's.
  package var filter: String?
  /// So many packets of each capture are left out at its beginning.
  package var skipCount: UInt64
  /// The numbers of the packets; nil for any.
  package var ranges: PacketRanges?

  package init(filter: String? = nil, skipCount: UInt64 = 0, ranges: PacketRanges? = nil) {
    self.filter = filter
    self.skipCount = skipCount
    self.ranges = ranges
  }

  /// All packets.
  package static let all = Self()
}
