/// The room of a chart: two axes, and what lies between them.
struct ChartArea {
  static let width = 440.0
  static let height = 240.0
  private static let left = 58.0
  private static let right = 412.0
  private static let top = 26.0
  private static let bottom = 198.0

  let horizontal: Axis
  let vertical: Axis

  static let drawnWidth = right - left
  /// Where the vertical axis begins.
  static let floor = bottom

  func x(_ value: Double) -> Double { Self.left + horizontal.fraction(of: value) * Self.drawnWidth }

  func y(_ value: Double) -> Double { Self.bottom - vertical.fraction(of: value) * (Self.bottom - Self.top) }

  func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (self.x(x), self.y(y)) }

  /// A line over the whole width at a height.
  func level(_ value: Double, _ style: String) -> String {
    SVG.line(style, from: (Self.left, y(value)), to: (Self.right, y(value)))
  }

  /// The axes with their ticks, to be drawn first.
  var axes: String {
    let rows = vertical.ticks.map { tick in
      level(tick.value, "grid") + SVG.text(tick.label, "end", at: (Self.left - 6, y(tick.value) + 4))
    }
    let columns = horizontal.ticks.map { tick in
      SVG.line("grid", from: (x(tick.value), Self.bottom), to: (x(tick.value), Self.bottom + 4))
        + SVG.text(tick.label, "middle", at: (x(tick.value), Self.bottom + 17))
    }
    let titles = [
      SVG.text(vertical.title, "start axis", at: (2, 13)),
      SVG.text(horizontal.title, "end axis", at: (Self.right, Self.height - 6)),
      SVG.line("base", from: (Self.left, Self.bottom), to: (Self.right, Self.bottom)),
    ]
    return (rows + columns + titles).joined(separator: "\n")
  }
}
