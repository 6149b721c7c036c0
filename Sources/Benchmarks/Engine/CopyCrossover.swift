/// From which size of frames on lending them beats copying them, and whether a threshold chooses well.
package struct CopyCrossover: Sendable {
  /// What frames of one size take in each round.
  package struct Size: Sendable {
    package let byteCount: Int
    package let copied: [Double]
    package let lent: [Double]

    package init(byteCount: Int, copied: [Double], lent: [Double]) {
      self.byteCount = byteCount
      self.copied = copied
      self.lent = lent
    }
  }

  private let sizes: [Size]

  /// The sizes in ascending order, all with as many rounds.
  package init(_ sizes: [Size]) { self.sizes = sizes }

  /// For each round, the first size from which on all are faster when they are lent. Rounds without one are left out.
  package var byteCounts: [Double] {
    let roundCount = sizes.first?.copied.count ?? 0
    return (0..<roundCount).compactMap { round in
      let lost = sizes.lastIndex { $0.lent[round] >= $0.copied[round] }
      let first = lost.map { $0 + 1 } ?? 0
      return first < sizes.count ? Double(sizes[first].byteCount) : nil
    }
  }

  /// How well copying up to `threshold` bytes, and lending what is longer, does at the size where it does worst: the time
  /// of the other way divided by that of the chosen one, in the median of rounds, and 1 where it chooses right everywhere.
  package func worstChoice(threshold: Int) -> Double {
    sizes.map { size in
      let (chosen, other) = size.byteCount <= threshold ? (size.copied, size.lent) : (size.lent, size.copied)
      return min(1, Samples(zip(other, chosen).map { $0 / $1 }).median)
    }.min() ?? .nan
  }
}
