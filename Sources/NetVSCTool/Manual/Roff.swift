/// Text for troff and mandoc, in the language of manual pages.
struct Roff {
  private(set) var text = ""

  /// A request, such as a heading, with arguments that may hold spaces.
  mutating func request(_ name: String, _ arguments: String...) {
    text += ([".\(name)"] + arguments.map { "\"\(Self.escaped($0))\"" }).joined(separator: " ") + "\n"
  }

  /// A line that is filled up from the next one.
  mutating func line(_ line: String) { raw(Self.escaped(line)) }

  /// Lines that stay as they are.
  mutating func verbatim(_ lines: [String]) {
    request("nf")
    lines.forEach { line($0) }
    request("fi")
  }

  /// A line that is escaped already.
  mutating func raw(_ line: String) {
    // At its beginning these would make a request of it.
    text += (line.hasPrefix(".") || line.hasPrefix("\\(aq") ? "\\&" : "") + line + "\n"
  }

  static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }
  static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

  /// The text with nothing in it that means anything, and every sign one that can be copied to a command line.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "'": escaped += "\\(aq"
      case "\"": escaped += "\\(dq"
      case "`": escaped += "\\(ga"
      case "^": escaped += "\\(ha"
      case "~": escaped += "\\(ti"
      case _ where scalar.isASCII: escaped.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "\\[u\(String(repeating: "0", count: max(4 - digits.utf8.count, 0)))\(digits)]"
      }
    }
  }
}
