/// What was measured again and again.
package struct Samples: Sendable {
  private let sorted: [Double]

  package init(_ values: [Double]) { sorted = values.sorted() }

  /// The value in the middle, or between the two there; not a number where nothing was measured.
  package var median: Double {
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
  package var min: Double { sorted.first ?? .nan }
  package var max: Double { sorted.last ?? .nan }
}
