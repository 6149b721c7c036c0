/// What was measured again and again.
struct Samples {
  private var sorted: [Double] = []

  init(_ values: [Double] = []) { sorted = values.sorted() }

  var median: Double {
    precondition(!sorted.isEmpty, "something was measured")
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
  var min: Double { sorted.first ?? 0 }
  var max: Double { sorted.last ?? 0 }
}
