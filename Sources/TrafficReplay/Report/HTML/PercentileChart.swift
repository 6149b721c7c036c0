/// How long things took: which share of them took at most how long, on an axis that has room for the rare ones.
struct PercentileChart {
  let name: String
  let title: String
  let axisTitle: String
  let buckets: [LatencyBucket]
  let percentiles: LatencyPercentiles

  /// Nil when the buckets count nothing.
  init?(name: String, title: String, axisTitle: String, buckets: some Sequence<LatencyBucket>) {
    guard let percentiles = LatencyPercentiles(merging: buckets) else { return nil }
    self.name = name
    self.title = title
    self.axisTitle = axisTitle
    self.buckets = Dictionary(buckets.map { ($0.nanoseconds, $0.count) }, uniquingKeysWith: +)
      .filter { $0.value > 0 }
      .map { LatencyBucket(nanoseconds: $0.key, count: $0.value) }
      .sorted { $0.nanoseconds < $1.nanoseconds }
    self.percentiles = percentiles
  }

  var figure: Figure {
    let total = buckets.reduce(0) { $0 + $1.count }
    let area = ChartArea(
      horizontal: .shares(of: total, title: "share that took no longer (%)"),
      vertical: .durations(
        from: buckets.first?.nanoseconds ?? 0, to: buckets.last?.nanoseconds ?? 0, title: axisTitle))
    let values = [
      ("p50", 0.5, percentiles.p50), ("p90", 0.9, percentiles.p90), ("p99", 0.99, percentiles.p99),
      ("p99.9", 0.999, percentiles.p999),
    ]
    let summary =
      (values.map { "\($0.0) \(Readable.duration($0.2))" } + ["max \(Readable.duration(percentiles.max))"])
      .joined(separator: ", ") + "."
    let dots = values.map { SVG.dot(at: area.place($0.1, Double($0.2))) }
    return Figure(
      name: name, title: title, description: summary, caption: "Dots: \(summary)",
      drawing: ([area.axes, SVG.path(outline(in: area, total: total), "curve")] + dots).joined(separator: "\n"))
  }

  /// Points that would lie on the one before are left out: there may be thousands of buckets.
  private static let leastDistance = 0.5

  private func outline(in area: ChartArea, total: UInt64) -> String {
    var commands = ""
    var counted: UInt64 = 0
    var last: (x: Double, y: Double)?
    for bucket in buckets {
      counted += bucket.count
      let (x, y) = area.place(Double(counted) / Double(total), Double(bucket.nanoseconds))
      if let last {
        guard abs(x - last.x) + abs(y - last.y) >= Self.leastDistance || counted == total else { continue }
        commands += "V\(SVG.number(y))H\(SVG.number(x))"
      } else {
        commands = "M\(SVG.number(area.x(0))) \(SVG.number(y))H\(SVG.number(x))"
      }
      last = (x, y)
    }
    return commands
  }
}
