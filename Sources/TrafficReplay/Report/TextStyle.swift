/// Whether emphasis may be written in the colours of a terminal.
package enum TextStyle: Sendable {
  case plain
  case terminal

  func heading(_ text: String) -> String { wrap(text, "1") }
  func aside(_ text: String) -> String { wrap(text, "2") }
  func good(_ text: String) -> String { wrap(text, "32") }
  func bad(_ text: String) -> String { wrap(text, "31") }

  /// `code` is of ECMA-48's "select graphic rendition".
  private func wrap(_ text: String, _ code: String) -> String {
    switch self {
    case .plain: text
    case .terminal: "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
  }
}
