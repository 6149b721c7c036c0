/// A positive decimal number, exact to nine places: what is divided by it does not drift, however often.
package struct Rate: Sendable, Equatable, CustomStringConvertible {
  /// How many billionths make one.
  static let one: UInt64 = 1_000_000_000
  private static let decimals = 9
  private static let largest: UInt64 = 1_000_000_000

  package let billionths: UInt64

  /// A whole number up to a billion.
  package init(_ whole: UInt64) {
    precondition((1...Self.largest).contains(whole), "a rate is above zero, and a billion at most")
    billionths = whole * Self.one
  }

  /// Reads a number such as `1000` or `0.25`. Fails for zero, for more than a billion or nine decimals, and for anything
  /// that is not written with digits and one point.
  package init?(_ description: String) {
    let parts = description.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let digits = parts.joined()
    let fraction = parts.count == 2 ? parts[1] : ""
    guard !parts[0].isEmpty, parts.count == 1 || !fraction.isEmpty, fraction.utf8.count <= Self.decimals,
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let value = UInt64(digits + String(repeating: "0", count: Self.decimals - fraction.utf8.count)),
      (1...Self.largest * Self.one).contains(value)
    else { return nil }
    billionths = value
  }

  /// The nearest floating-point number.
  package var value: Double { Double(billionths) / Double(Self.one) }

  /// The textual form, without zeros at its end.
  package var description: String {
    let fraction = String(billionths % Self.one).leftPadded(to: Self.decimals, with: "0")
    let significant = String(fraction.reversed().drop { $0 == "0" }.reversed())
    return significant.isEmpty ? "\(billionths / Self.one)" : "\(billionths / Self.one).\(significant)"
  }
}
