import Foundation
import HostSocket
import NetVSP
import SharedMemory
import TestSupport
import Testing
import VirtualSwitch

@Suite("The engine, used from C", .cLibrary)
struct CTests {
  /// The names of all tests in C, in the order of their files' names.
  private static func names() throws -> Set<String> {
    Set(
      try CProgram.sources().flatMap { source in
        try String(contentsOf: source, encoding: .utf8).matches(of: /\n    \{"([^"]+)", \w+\},/).map {
          String($0.output.1)
        }
      })
  }

  /// Those tests that need an interface of the system are in a program of the same files, told its name.
  private func run(_ arguments: [String], isolated: Bool) throws -> Peer.Output {
    let program = try CProgram.tests(flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
    return try program.run(arguments, environment: ["ASAN_OPTIONS=detect_leaks=1"])
  }

  @Test("holds what its header says, under the address sanitizer")
  func everything() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("host")
    let server = try HostServer(path: path, HostConfiguration(execution: .threads, sink: .verify)) { _ in }
    let thread = try WorkerThread { server.run() }
    defer {
      server.stop()
      thread.join()
    }
    let output = try run([path], isolated: false)
    #expect(output.status == 0, "\(output.standardError)")
    #expect(Set(output.lines.map(String.init)) == (try Self.names()))
  }
}
