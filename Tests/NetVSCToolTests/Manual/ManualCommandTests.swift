import Foundation
import TestSupport
import Testing

@Suite("The program netvsc manual", .enabled(if: Program.isBuilt, "netvsc is not built beside the tests"))
struct ManualCommandTests {
  private let folder: TemporaryFolder
  private static let files = [
    "man/man1/netvsc.1", "man/man1/netvsc-replay.1", "man/man1/netvsc-host.1",
    "man/man1/netvsc-generate.1", "man/man1/netvsc-bench.1",
    "man/man1/netvsc-bench-ring.1", "man/man1/netvsc-bench-engine.1", "man/man1/netvsc-bench-replay.1",
    "man/man1/netvsc-bench-pace.1",
    "man/man1/netvsc-manual.1", "bash-completion/completions/netvsc", "fish/vendor_completions.d/netvsc.fish",
    "zsh/site-functions/_netvsc",
  ]

  init() throws {
    folder = try TemporaryFolder()
    #expect(try Program.run(["manual", folder.path("share"), "--quiet"]).status == 0)
  }

  private func path(_ file: String) -> String { folder.path("share/\(file)") }

  @Test("writes every page and script below the folder, says so, and writes the same again")
  func files() throws {
    let texts = try Self.files.map { try String(contentsOfFile: path($0), encoding: .utf8) }
    #expect(texts.allSatisfy { !$0.isEmpty })
    let outcome = try Program.run(["manual", folder.path("share")])
    #expect(outcome.output == Self.files.map { path($0) + "\n" }.joined())
    #expect(outcome.errors.isEmpty)
    #expect(try Self.files.map { try String(contentsOfFile: path($0), encoding: .utf8) } == texts)
  }

  @Test("ends with 74 and a line where it cannot write")
  func unwritable() throws {
    let outcome = try Program.run(["manual", "/dev/null/share"])
    #expect(outcome.status == 74)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("/dev/null/share"))
  }

  /// What bash offers for the last of these words.
  private func bashOffers(_ words: String...) throws -> [String] {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let script = """
      cd '\(folder.path("."))' && source '\(path("bash-completion/completions/netvsc"))'
      COMP_WORDS=(\(quoted)) COMP_CWORD=\(words.count - 1)
      COMP_LINE='\(words.joined(separator: " "))' COMP_POINT=${#COMP_LINE}
      read -r -a complete < <(complete -p netvsc)
      for ((i = 0; i < ${#complete[@]}; i++)); do [ "${complete[i]}" != -F ] || function=${complete[i + 1]}; done
      "$function" netvsc '\(words.last ?? "")' '\(words.dropLast().last ?? "")'
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try Peer("bash").run(["-c", script])
    #expect(outcome.standardError == "")
    return outcome.standardOutput.split(separator: "\n").map { String($0).trimmingCharacters(in: .whitespaces) }
  }

  @Test("lets bash complete commands, options, values and files", .peer("bash"))
  func bash() throws {
    for name in ["a.pcap", "b.pcapng", "notes.txt"] { _ = try folder.write([], to: name) }
    #expect(try bashOffers("netvsc", "gen") == ["generate"])
    #expect(try bashOffers("netvsc", "replay", "--queu") == ["--queues"])
    #expect(try Set(bashOffers("netvsc", "replay", "--host", "")) == ["inline", "threads"])
    #expect(try bashOffers("netvsc", "replay", "--ring-mode", "coop") == ["cooperative"])
    let captures = try bashOffers("netvsc", "replay", "")
    #expect(captures.contains("a.pcap") && captures.contains("b.pcapng") && !captures.contains("notes.txt"))
  }

  @Test(
    "writes what zsh and fish can read",
    arguments: [("zsh", "zsh/site-functions/_netvsc"), ("fish", "fish/vendor_completions.d/netvsc.fish")])
  func otherShells(shell: String, file: String) throws {
    guard Peer.isInstalled(shell) else { return }
    let outcome = try Peer(shell).run(["-n", path(file)])
    #expect(outcome.status == 0 && outcome.standardError == "")
  }
}
