internal import ArgumentParser
internal import Foundation

/// A command as it is declared: what its help is made of, too.
package struct CommandDescription: Decodable {
  package struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      /// As it is written on the command line.
      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    private let kind: String
    private let shouldDisplay: Bool
    private let names: [Name]?
    let sectionTitle: String?
    let isOptional: Bool
    let isRepeating: Bool
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?

    var isShown: Bool { shouldDisplay }
    var isPositional: Bool { kind == "positional" }
    /// What follows the name; nil for a flag.
    var value: String? { kind == "flag" ? nil : valueName }
    /// Short ones first.
    package var spellings: [String] { (names ?? []).map(\.text).sorted { $0.utf8.count < $1.utf8.count } }
  }

  private struct Program: Decodable {
    let command: CommandDescription
  }

  private let superCommands: [String]?
  private let commandName: String
  private let shouldDisplay: Bool?
  private let subcommands: [CommandDescription]?
  let abstract: String?
  let discussion: String?
  package let arguments: [Argument]?

  /// The program, with all its commands.
  package static func program() throws -> CommandDescription {
    try JSONDecoder().decode(Program.self, from: Data(NetVSCCommand._dumpHelp().utf8)).command
  }

  /// The words that call it: the program's name, and those of the commands.
  package var words: [String] { (superCommands ?? []) + [commandName] }

  /// Those that a user is told of. The library's own `help` does what `--help` does.
  var shownSubcommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  /// It and all below it that a user is told of.
  package var family: [CommandDescription] { [self] + shownSubcommands.flatMap(\.family) }
}
