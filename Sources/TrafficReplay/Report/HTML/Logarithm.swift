/// Logarithms for axes, without a library of mathematics below the program.
enum Logarithm {
  /// To the base of ten, to nine digits; the smallest positive number stands in for what has none.
  static func ten(_ value: Double) -> Double { two(value) * tenPerTwo }

  /// log₁₀ 2.
  private static let tenPerTwo = 0.301_029_995_663_981_2
  private static let fractionBits = 32

  private static func two(_ value: Double) -> Double {
    let value = min(max(value, .leastNormalMagnitude), .greatestFiniteMagnitude)
    var logarithm = Double(value.exponent)
    // Squaring doubles a logarithm: whether it passes two is the next bit of the fraction.
    var significand = value.significand
    var bit = 0.5
    for _ in 0..<fractionBits {
      significand *= significand
      if significand >= 2 {
        significand /= 2
        logarithm += bit
      }
      bit /= 2
    }
    return logarithm
  }
}
