package import ArgumentParser
internal import Foundation
internal import TrafficReplay

/// `netvsc manual`.
package struct ManualCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Writes the manual pages, and completions for shells.",
    discussion: """
      The pages and scripts are those of this very program, and go where their readers look for them below a folder of \
      shared data: man, bash, fish and zsh. Files of the same names are replaced. Shells that run already know the \
      completions when they are started anew; zsh wants FOLDER/zsh/site-functions in its fpath.

      EXAMPLES:
        sudo netvsc manual /usr/local/share
        netvsc manual ~/.local/share
        netvsc manual /tmp/netvsc && man /tmp/netvsc/man/man1/netvsc-replay.1

      FILES:
        Below the folder:
        man/man1/netvsc.1                       a page for the program, and one for
                                                each of its commands
        bash-completion/completions/netvsc      for bash, with bash-completion
        fish/vendor_completions.d/netvsc.fish   for fish
        zsh/site-functions/_netvsc              for zsh

      EXIT CODES:
        0    all files were written
        64   wrong usage
        74   a file could not be written
      """)

  @Argument(help: "The folder of shared data; it is made where there is none.", completion: .directory)
  package var folder: String

  @Flag(help: "Does not say what was written.")
  package var quiet = false

  package init() {}

  package func run() throws {
    Signals.ignoreBrokenPipes()
    let program = try CommandDescription.program()
    var files = program.family.map { command in
      let page = ManualPage(of: command, in: program)
      return (path: "man/man1/\(page.fileName)", text: page.text)
    }
    files += [
      ("bash-completion/completions/netvsc", NetVSCCommand.completionScript(for: .bash)),
      ("fish/vendor_completions.d/netvsc.fish", NetVSCCommand.completionScript(for: .fish)),
      ("zsh/site-functions/_netvsc", NetVSCCommand.completionScript(for: .zsh)),
    ]
    for file in files {
      let url = URL(filePath: folder).appending(path: file.path)
      do {
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let output = try OutputFile(creating: url.path)
        try output.write(file.text)
        try output.close()
        if !quiet { try OutputFile.standardOutput.write("\(Readable.line(url.path))\n") }
      } catch let error as OutputError {
        try fail("\(error)")
      } catch {
        try fail("cannot make the folder of \(url.path): \(error.localizedDescription)")
      }
    }
  }

  private func fail(_ problem: String) throws {
    Console.report(Readable.line(problem))
    throw ExitCode(ReplayStatus.inputOutputFailed.rawValue)
  }
}
