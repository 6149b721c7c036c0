import Foundation

/// Chance that can be repeated: SplitMix64, whose every state gives the next number.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What to begin with to get the same numbers again.
  package let seed: UInt64
  private var state: UInt64

  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// A generator with the seed in `NETVSC_SEED` (a decimal number), or another seed each time.
  ///
  /// It prints its seed at once: a test that traps says nothing later.
  package init(for test: String = #function) {
    let given = ProcessInfo.processInfo.environment["NETVSC_SEED"].flatMap { UInt64($0) }
    self.init(seed: given ?? .random(in: .min ... .max))
    print("\(test): NETVSC_SEED=\(seed)")
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// `count` bytes.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
