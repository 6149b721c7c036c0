/// The long text of a command's help, taken apart: paragraphs, and sections under headings such as `EXIT CODES:`.
struct ManualText {
  enum Block: Equatable {
    case paragraph(String)
    /// Lines that stay as they are.
    case verbatim([String])
    /// A term, and what it means.
    case entry(String, String)
  }

  struct Section: Equatable {
    let title: String
    var blocks: [Block] = []
  }

  private(set) var introduction: [Block] = []
  private(set) var sections: [Section] = []

  init(_ text: String) {
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let title = Self.title(in: line) else {
        lines.append(line)
        continue
      }
      append(lines)
      lines = []
      sections.append(Section(title: title))
    }
    append(lines)
  }

  /// The heading that a line is, without its colon.
  private static func title(in line: Substring) -> String? {
    guard let title = line.wholeMatch(of: #/([A-Z][A-Z ]*):/#)?.output.1 else { return nil }
    return String(title)
  }

  private mutating func append(_ lines: [Substring]) {
    guard let section = sections.indices.last else {
      introduction = Self.blocks(of: lines)
      return
    }
    // Commands are to be copied.
    sections[section].blocks =
      sections[section].title == "EXAMPLES"
      ? [.verbatim(lines.filter { !$0.isEmpty }.map { String($0.trimmingPrefix(while: \.isWhitespace)) })]
      : Self.blocks(of: lines)
  }

  private static func blocks(of lines: [Substring]) -> [Block] {
    var blocks: [Block] = []
    var continues = false
    for line in lines {
      let text = line.trimmingPrefix(while: \.isWhitespace)
      let indentation = line.count - text.count
      if text.isEmpty {
        continues = false
      } else if let entry = text.wholeMatch(of: #/(\S+) {2,}(.+)/#)?.output {
        blocks.append(.entry(String(entry.1), String(entry.2)))
        continues = true
      } else if continues, case .entry(let term, let meaning) = blocks.last, indentation > 2 {
        blocks[blocks.count - 1] = .entry(term, "\(meaning) \(text)")
      } else if continues, case .paragraph(let begun) = blocks.last {
        blocks[blocks.count - 1] = .paragraph("\(begun) \(text)")
      } else {
        blocks.append(.paragraph(String(text)))
        continues = true
      }
    }
    return blocks
  }
}
