package import ArgumentParser
internal import Foundation

/// The program `netvsc`.
@main
package struct NetVSCCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "netvsc",
    abstract: "Sends packets the way a Hyper-V network driver does, without Hyper-V.",
    discussion: """
      Frames Ethernet packets as RNDIS and NVSP messages into VMBus rings, with a host on the other side that drains, \
      checks and completes them.

      EXAMPLES:
        netvsc replay capture.pcap
        netvsc host --socket /tmp/netvsc --sink verify
        netvsc generate mix.pcap
        netvsc bench engine
        netvsc manual ~/.local/share
      """,
    version: "0.1.0",
    subcommands: [
      ReplayCommand.self, HostCommand.self, GenerateCommand.self, BenchCommand.self, ManualCommand.self,
    ])

  /// The day of the version, for manual pages.
  static let releaseDate = "2026-11-25"

  package init() {}

  package static func main() {
    StandardStreams.reserve()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if exitCode(for: error).isSuccess { tell(fullMessage(for: error)) }
      guard let line = usageLine(for: error) else { exit(withError: error) }
      Console.report(line)
      exit(withError: ExitCode.validationFailure)
    }
  }

  /// Prints what was asked for, such as help, and ends the program.
  private static func tell(_ text: String) -> Never {
    do {
      try OutputFile.standardOutput.write(text + "\n")
    } catch {
      Console.report("\(error)")
      exit(withError: ExitCode(74))
    }
    exit(withError: ExitCode.success)
  }

  /// One line that says what is wrong with the arguments and where to look; nil when something else ends the program.
  package static func usageLine(for error: any Error) -> String? {
    guard exitCode(for: error) == .validationFailure else { return nil }
    let message = message(for: error).split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    // The library's own longer text names the command that was meant.
    let help = fullMessage(for: error).firstMatch(of: #/See '(.+ --help)'/#)?.output.1 ?? "netvsc --help"
    return "\(message.joined(separator: " ")) (see '\(help)')"
  }
}
