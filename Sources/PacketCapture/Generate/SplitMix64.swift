/// Steele, Lea and Flood's SplitMix generator: the same numbers for the same seed, in every version of Swift.
package struct SplitMix64: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number of the range, all equally likely up to a bias below 2^-32 for ranges of up to 2^32 numbers.
  package mutating func next(in range: ClosedRange<Int>) -> Int {
    let (high, _) = next().multipliedFullWidth(by: UInt64(range.upperBound - range.lowerBound) + 1)
    return range.lowerBound + Int(high)
  }
}
