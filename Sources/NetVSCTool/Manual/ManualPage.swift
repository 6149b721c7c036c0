internal import ArgumentParser

/// The manual page of a command: what its help says, in the sections that manual pages have.
package struct ManualPage {
  private let command: CommandDescription
  private let program: CommandDescription
  private var roff = Roff()

  package init(of command: CommandDescription, in program: CommandDescription) {
    self.command = command
    self.program = program
    let text = ManualText(command.discussion ?? "")
    roff.request(
      "TH", name.uppercased(), "1", NetVSCCommand.releaseDate, "netvsc \(NetVSCCommand.configuration.version)",
      "User Commands")
    writeName()
    writeSynopsis()
    writeDescription(text)
    writeCommands()
    writeOptions()
    for section in text.sections {
      roff.request("SH", section.title)
      write(section.blocks)
    }
    writeRelatives()
  }

  /// The page's name, and its file's with the section as its suffix.
  private var name: String { Self.name(of: command) }
  package var fileName: String { "\(name).1" }
  package var text: String { roff.text }

  private static func name(of command: CommandDescription) -> String { command.words.joined(separator: "-") }

  // MARK: Sections

  private mutating func writeName() {
    roff.request("SH", "NAME")
    // As indexes of manual pages want it: no capital, no full stop.
    let abstract = command.abstract ?? ""
    let phrase = abstract.prefix(1).lowercased() + abstract.dropFirst()
    roff.line("\(name) - \(phrase.hasSuffix(".") ? String(phrase.dropLast()) : phrase)")
  }

  private mutating func writeSynopsis() {
    roff.request("SH", "SYNOPSIS")
    var words = [Roff.bold(command.words.joined(separator: " "))]
    words.append(command.shownSubcommands.isEmpty ? "[\(Roff.italic("options"))]" : Roff.italic("command"))
    for argument in shownArguments where argument.isPositional {
      let text = Roff.italic(argument.valueName ?? "") + (argument.isRepeating ? "..." : "")
      words.append(argument.isOptional ? "[\(text)]" : text)
    }
    roff.raw(words.joined(separator: " "))
  }

  private mutating func writeDescription(_ text: ManualText) {
    guard !text.introduction.isEmpty else { return }
    roff.request("SH", "DESCRIPTION")
    write(text.introduction)
  }

  private mutating func writeCommands() {
    guard !command.shownSubcommands.isEmpty else { return }
    roff.request("SH", "COMMANDS")
    for subcommand in command.shownSubcommands {
      writeEntry(Roff.bold(subcommand.words.joined(separator: " ")), subcommand.abstract ?? "")
    }
  }

  private mutating func writeOptions() {
    roff.request("SH", "OPTIONS")
    var title: String?
    // Those of no group are of every command, and come last.
    let arguments = shownArguments
    for argument in arguments.filter({ $0.sectionTitle != nil }) + arguments.filter({ $0.sectionTitle == nil }) {
      if argument.sectionTitle != title {
        title = argument.sectionTitle
        roff.request("SS", title ?? "General")
      }
      writeEntry(Self.term(of: argument), Self.meaning(of: argument))
    }
  }

  private mutating func writeRelatives() {
    let relatives = program.family.filter { $0.words != command.words }.map(Self.name)
    guard let last = relatives.last else { return }
    roff.request("SH", "SEE ALSO")
    for relative in relatives {
      roff.raw("\(Roff.bold(relative))(1)\(relative == last ? "" : ",")")
    }
  }

  // MARK: Parts of sections

  private var shownArguments: [CommandDescription.Argument] { (command.arguments ?? []).filter(\.isShown) }

  private static func term(of argument: CommandDescription.Argument) -> String {
    guard !argument.isPositional else { return Roff.italic(argument.valueName ?? "") }
    let names = argument.spellings.map(Roff.bold).joined(separator: ", ")
    return argument.value.map { "\(names) \(Roff.italic($0))" } ?? names
  }

  private static func meaning(of argument: CommandDescription.Argument) -> String {
    var notes: [String] = []
    if let values = argument.allValues, !values.isEmpty {
      notes.append("values: \(values.joined(separator: ", "))")
    }
    if let value = argument.defaultValue { notes.append("default: \(value)") }
    return (argument.abstract ?? "") + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  }

  private mutating func write(_ blocks: [ManualText.Block]) {
    for (index, block) in blocks.enumerated() {
      switch block {
      case .paragraph(let text):
        // A heading begins a paragraph already.
        if index > 0 { roff.request("PP") }
        roff.line(text)
      case .verbatim(let lines): roff.verbatim(lines)
      case .entry(let term, let meaning): writeEntry(Roff.bold(term), meaning)
      }
    }
  }

  /// `term` is escaped, and `meaning` is not.
  private mutating func writeEntry(_ term: String, _ meaning: String) {
    roff.request("TP")
    roff.raw(term)
    roff.line(meaning)
  }
}
