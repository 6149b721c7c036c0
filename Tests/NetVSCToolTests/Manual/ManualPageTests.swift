import NetVSCTool
import TestSupport
import Testing

@Suite("A manual page")
struct ManualPageTests {
  private let program: CommandDescription

  init() throws { program = try CommandDescription.program() }

  private func page(_ words: String) throws -> ManualPage {
    let command = try #require(program.family.first { $0.words.joined(separator: " ") == words })
    return ManualPage(of: command, in: program)
  }

  @Test("is there for the program and each command that its help names")
  func pages() {
    #expect(
      program.family.map { ManualPage(of: $0, in: program).fileName } == [
        "netvsc.1", "netvsc-replay.1", "netvsc-host.1", "netvsc-generate.1", "netvsc-bench.1",
        "netvsc-bench-ring.1", "netvsc-bench-engine.1", "netvsc-bench-replay.1", "netvsc-bench-pace.1",
        "netvsc-manual.1",
      ])
  }

  @Test("names every option, and has examples")
  func options() {
    for command in program.family {
      let text = ManualPage(of: command, in: program).text
      for argument in command.arguments ?? [] {
        for spelling in argument.spellings {
          #expect(text.contains("\\fB\(spelling.replacing("-", with: "\\-"))\\fR"), "\(command.words) \(spelling)")
        }
      }
      #expect(text.contains(".SH \"EXAMPLES\"\n.nf\n"), "\(command.words)")
    }
  }

  @Test("has the sections of manual pages, and those of the help")
  func sections() throws {
    let headings = try page("netvsc replay").text.split(separator: "\n").filter { $0.hasPrefix(".S") }
    let expected = [
      ".SH \"NAME\"", ".SH \"SYNOPSIS\"", ".SH \"DESCRIPTION\"", ".SH \"OPTIONS\"", ".SS \"Channel\"",
      ".SS \"Traffic\"", ".SS \"Pace\"", ".SS \"Output\"", ".SS \"General\"", ".SH \"EXAMPLES\"", ".SH \"FAULTS\"",
      ".SH \"EXIT CODES\"", ".SH \"SEE ALSO\"",
    ]
    #expect(headings.filter { expected.contains(String($0)) } == expected.map { $0[...] })
  }

  @Test("tells what an option takes and does without, and what a code means")
  func entries() throws {
    let text = try page("netvsc replay").text
    #expect(text.contains(".TP\n\\fB\\-\\-host\\fR \\fImode\\fR\nWho runs the built\\-in host:"))
    #expect(text.contains("(values: inline, threads)\n"))
    #expect(text.contains(".TP\n\\fB66\\fR\na capture is missing, a directory, or not readable\n"))
    #expect(text.contains("\nwhich carry up to eight packets") == false, "prose is filled")
    #expect(text.contains("\\fBnetvsc replay\\fR [\\fIoptions\\fR] \\fIcaptures\\fR...\n"))
  }

  @Test("is read by troff without a complaint, and shows its commands as they are typed", .peer("groff"))
  func groff() throws {
    let folder = try TemporaryFolder()
    for command in program.family {
      let page = ManualPage(of: command, in: program)
      let path = try folder.write(Array(page.text.utf8), to: page.fileName)
      let outcome = try Peer("groff").run(["-ww", "-man", "-Tascii", "-P-cbou", "-rLL=78n", path])
      #expect(outcome.status == 0)
      #expect(outcome.standardError == "", "\(page.fileName)")
      #expect(outcome.standardOutput.contains("NAME"))
      #expect(outcome.lines.allSatisfy { $0.utf8.count <= 90 })
    }
    let replay = folder.path("netvsc-replay.1")
    let shown = try Peer("groff").run(["-man", "-Tascii", "-P-cbou", replay]).standardOutput
    #expect(shown.contains("netvsc replay --timed --speed 10 capture.pcap"))
  }

  @Test("is read by mandoc without a complaint", .enabled(if: Peer.isInstalled("mandoc"), "mandoc is not installed"))
  func mandoc() throws {
    let folder = try TemporaryFolder()
    for command in program.family {
      let page = ManualPage(of: command, in: program)
      let path = try folder.write(Array(page.text.utf8), to: page.fileName)
      #expect(try Peer("mandoc").run(["-Tlint", "-Wwarning", path]).standardOutput == "")
    }
  }
}
