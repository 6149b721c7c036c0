import Foundation
import NetVSP
import SharedMemory
import TestSupport
import Testing
import VirtualSwitch

@Suite("The engine, used from C", .cLibrary)
struct CTests {
  /// The tests in C, with what finds memory that is used wrongly, and what is not given back.
  private static let program = Result {
    try CProgram(
      CSources.files(), flags: ["-pedantic", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
  }

  private static let leaks = "ASAN_OPTIONS=detect_leaks=1"

  /// The names of the tests in some of the files.
  private func names(_ isChosen: (String) -> Bool) throws -> Set<String> {
    Set(
      try CSources.texts(of: isChosen).flatMap { text in
        text.matches(of: /\n    \{"([^"]+)",\s+\w+\},/).map { String($0.output.1) }
      })
  }

  private func check(_ output: Peer.Output, runs names: Set<String>) {
    #expect(output.status == 0, "\(output.standardError)")
    #expect(Set(output.lines.map(String.init)) == names)
  }

  @Test("holds what its header says")
  func tests() throws {
    let output = try Self.program.get().run(environment: [Self.leaks])
    check(output, runs: try names { $0 != "processes" && $0 != "tap" })
  }

  @Test("sends to a host in another process")
  func processes() throws {
    let folder = try TemporaryFolder()
    let server = try HostServer(path: folder.path("host"), HostConfiguration(execution: .threads, sink: .verify))
    let thread = try WorkerThread { server.run() }
    defer {
      server.stop()
      thread.join()
    }
    let output = try Self.program.get().run(["process", folder.path("host")], environment: [Self.leaks])
    check(output, runs: try names { $0 == "processes" })
  }

  @Test("sends into the system by a TAP interface, and receives from it", .ownNetwork)
  func tap() throws {
    let output = try TestNetwork.run {
      try Self.program.get().run(["tap", "tap-c"], environment: [Self.leaks])
    }
    check(output, runs: try names { $0 == "tap" })
  }
}
