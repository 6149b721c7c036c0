/// Pieces of a drawing. How they look is the page's style.
enum SVG {
  /// A coordinate, to a tenth.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  static func line(_ style: String, from: (x: Double, y: Double), to: (x: Double, y: Double)) -> String {
    "<line class=\"\(style)\" x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" y2=\"\(number(to.y))\"/>"
  }

  static func text(_ text: String, _ style: String, at place: (x: Double, y: Double)) -> String {
    "<text class=\"\(style)\" x=\"\(number(place.x))\" y=\"\(number(place.y))\">\(HTMLText.escaped(text))</text>"
  }

  static func path(_ commands: String, _ style: String) -> String { "<path class=\"\(style)\" d=\"\(commands)\"/>" }

  static func dot(at place: (x: Double, y: Double)) -> String {
    "<circle class=\"dot\" cx=\"\(number(place.x))\" cy=\"\(number(place.y))\" r=\"3\"/>"
  }

  /// With the words that a pointer that rests on it is told.
  static func bar(_ style: String, x: Double, y: Double, width: Double, height: Double, tip: String) -> String {
    "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
      + "height=\"\(number(height))\"><title>\(HTMLText.escaped(tip))</title></rect>"
  }
}
