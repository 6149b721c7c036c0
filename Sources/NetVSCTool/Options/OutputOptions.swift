package import ArgumentParser

/// When the progress line is shown.
package enum ProgressChoice: String, Sendable, CaseIterable, ExpressibleByArgument {
  case auto
  case always
  case never
}

/// Where a report goes.
package enum ReportDestination: Sendable, Equatable, ExpressibleByArgument {
  case standardOutput
  case file(String)

  package init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self = argument == "-" ? .standardOutput : .file(argument)
  }
}

extension ReportFile {
  /// Where a report goes, if there is to be one. Throws when it could not be written.
  init?(_ destination: ReportDestination?) throws(OutputError) {
    switch destination {
    case nil: return nil
    case .standardOutput: self = .standardOutput
    case .file(let path): try self.init(path)
    }
  }
}

/// What is told, and to whom.
package struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Writes the result as JSON (schema netvsc.replay/1); - is standard output, which then gets nothing else.",
      valueName: "file"),
    completion: .file())
  package var json: ReportDestination?

  @Option(
    help: ArgumentHelp(
      "Writes the result as one page of HTML with charts, which needs nothing else; - is standard output, which then gets nothing else.",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  package var report: ReportDestination?

  @Option(
    help: ArgumentHelp(
      "Shows a progress line on standard error; auto does so on a terminal.", valueName: "when"))
  package var progress: ProgressChoice = .auto

  @Flag(help: "Prints no table, and no progress line unless it is asked for.")
  package var quiet = false

  package init() {}
}
