/// How long the frames of generated traffic are: from the destination address to the end of the payload, without the
/// frame check sequence, which captures do not hold.
package enum FrameSizes: Sendable, Equatable {
  /// The simple Internet mix: of every twelve frames seven have 64, four 594 and one 1518 bytes on the wire. Four of
  /// these are the frame check sequence.
  case imix
  /// All sizes of the range alike.
  case range(ClosedRange<Int>)

  /// From the headers of UDP over IPv4 to the longest packet of IPv4, less a little.
  package static let allowed = 42...65_535

  /// One round of the mix, in the sizes a capture holds.
  static let mix = [Int](repeating: 60, count: 7) + [Int](repeating: 590, count: 4) + [1514]

  /// Reads `imix`, a size, or two with a dash between them.
  package init?(_ text: String) {
    if text == "imix" {
      self = .imix
      return
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
      Self.allowed.contains(first), Self.allowed.contains(last)
    else { return nil }
    self = .range(first...last)
  }

  /// The longest frame.
  var longest: Int {
    switch self {
    case .imix: 1514
    case .range(let range): range.upperBound
    }
  }
}

/// Sizes in the order chance gives them.
struct FrameSizeSequence: Sendable {
  private let range: ClosedRange<Int>?
  /// A round of the mix. The first `undealt` sizes are still to come, so that each round holds the mix exactly.
  private var deck = FrameSizes.mix
  private var undealt = 0

  init(_ sizes: FrameSizes) {
    range = if case .range(let range) = sizes { range } else { nil }
  }

  mutating func next(using numbers: inout SplitMix64) -> Int {
    if let range { return numbers.next(in: range) }
    if undealt == 0 { undealt = deck.count }
    undealt -= 1
    deck.swapAt(numbers.next(in: 0...undealt), undealt)
    return deck[undealt]
  }
}
