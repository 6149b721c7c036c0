internal import PacketCapture

/// Chooses packets of one capture as they come.
struct PacketChoice: ~Copyable {
  private let skipCount: UInt64
  /// nil for any number.
  private let ranges: [ClosedRange<UInt64>]?
  /// The first of the ranges that does not lie behind.
  private var next = 0
  private let filter: PacketFilter?

  /// Throws `filterUnfit`.
  init(_ selection: PacketSelection, of reader: borrowing CaptureReader) throws(CaptureError) {
    skipCount = selection.skipCount
    ranges = selection.ranges?.ranges
    do throws(PacketFilterError) {
      filter =
        if let expression = selection.filter {
          try PacketFilter(expression, linkType: reader.linkType)
        } else { nil }
    } catch {
      throw .filterUnfit(path: reader.path, linkType: reader.linkType, reason: error.description)
    }
  }

  /// Whether neither the packet of that number nor a later one can be chosen.
  mutating func isOver(at number: UInt64) -> Bool {
    guard let ranges else { return false }
    while next < ranges.count, ranges[next].upperBound < number { next += 1 }
    return next == ranges.count
  }

  /// Whether a packet of that number may be chosen, the one that `isOver` was asked for last.
  func takes(number: UInt64) -> Bool {
    guard number > skipCount else { return false }
    guard let ranges else { return true }
    return ranges[next].lowerBound <= number
  }

  /// Whether it matters what a packet is.
  var hasFilter: Bool {
    switch filter {
    case nil: false
    case .some: true
    }
  }

  /// Whether the filter, if there is one, describes the packet.
  func takes(_ packet: CapturedPacket) -> Bool {
    switch filter {
    case nil: true
    case .some(let filter): filter.matches(packet)
    }
  }
}
