/// Numbers of packets in a capture, from 1 on, as editcap and tshark show them.
package struct PacketRanges: Sendable, Equatable, CustomStringConvertible {
  /// In ascending order, with gaps between them; there is one at least.
  package let ranges: [ClosedRange<UInt64>]

  /// Why a text names no packets, in one line.
  package struct Mistake: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// Reads the textual form: numbers and ranges in any order, such as `1-100,205,1000-`; the last is open.
  package init(_ text: String) throws(Mistake) {
    var ranges: [ClosedRange<UInt64>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) { ranges.append(try Self.range(part)) }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    self.ranges = ranges.reduce(into: []) { joined, range in
      // Those that overlap or touch become one. No sum here: a range may end at the greatest number.
      if let last = joined.last, range.lowerBound - 1 <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
  }

  private static func range(_ part: Substring) throws(Mistake) -> ClosedRange<UInt64> {
    let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = number(ends[0]), let last = ends.count == 1 ? first : ends[1].isEmpty ? .max : number(ends[1])
    else {
      throw Mistake(description: "'\(part)' is no packet number or range; give some, such as 1-100,205,1000-")
    }
    guard first > 0 else { throw Mistake(description: "'\(part)': packets are counted from 1") }
    guard first <= last else { throw Mistake(description: "'\(part)' ends before it begins") }
    return first...last
  }

  /// Digits alone: a sign would be taken for a range.
  private static func number(_ text: Substring) -> UInt64? {
    text.allSatisfy { ("0"..."9").contains($0) } ? UInt64(text) : nil
  }

  /// The textual form, in order.
  package var description: String {
    ranges.map { range in
      switch range.upperBound {
      case range.lowerBound: "\(range.lowerBound)"
      case .max: "\(range.lowerBound)-"
      case let last: "\(range.lowerBound)-\(last)"
      }
    }.joined(separator: ",")
  }
}
