package import Benchmarks
internal import Foundation

/// Counts what the engine executes, by running the program under valgrind.
package struct InstructionCounter {
  private let program: String
  private let valgrind = OtherProgram("valgrind")
  private let strip = OtherProgram("strip")

  /// For the program at this path, by default the one that runs.
  package init(program: String = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path) {
    self.program = program
  }

  /// Why nothing can be counted; nil where it can.
  package var problem: String? {
    let missing = [valgrind == nil ? "valgrind" : nil, strip == nil ? "strip (binutils)" : nil].compactMap(\.self)
    return missing.isEmpty ? nil : missing.joined(separator: " and ") + " not installed"
  }

  /// What a packet executes in each case, over about so many packets; nil where nothing can be counted.
  package func count(_ cases: [EngineCase], packetCount: Int) throws -> [EngineCounts]? {
    guard let valgrind, let strip else { return nil }
    let folder = try TemporaryFolder()
    let stripped = folder.url.appending(path: "netvsc").path
    // Common valgrinds give up on the compiler's debugging information; names are enough.
    try check(strip.run(["--strip-debug", "-o", stripped, program]), "strip")
    let profile = folder.url.appending(path: "profile").path
    // Two patterns of the same function: callgrind heeds one option for each. Nothing is counted outside of it, and each
    // time it returns there is one file more.
    let counted = EngineBenchmark.countedFunction
    let outcome = try valgrind.run(
      [
        "--tool=callgrind", "--compress-strings=no", "--callgrind-out-file=\(profile)",
        "--toggle-collect=*\(counted)*", "--dump-after=*Benchmarks*\(counted)*", stripped,
      ] + BenchPacketsCommand.arguments(packetCount: packetCount, cases))
    try check(outcome, "valgrind")
    let packetCounts = outcome.output.split(separator: "\n").compactMap { Int($0) }
    guard packetCounts.count == cases.count else { throw PeerError("valgrind ran less than it was asked to") }
    return try packetCounts.enumerated().map { index, packetCount in
      // The first turn of each case touches what is new.
      let turns = try [2, 3].map { turn in
        let text = try String(contentsOfFile: "\(profile).\(3 * index + turn)", encoding: .utf8)
        guard let read = CallgrindProfile(parsing: text, of: stripped) else {
          throw PeerError("what callgrind wrote is no profile")
        }
        return read
      }
      return EngineCounts(once: turns[0], twice: turns[1], packetCount: packetCount)
    }
  }

  private func check(_ outcome: OtherProgram.Outcome, _ name: String) throws {
    guard outcome.status == 0 else { throw PeerError("\(name) failed: \(outcome.errors.lastLine)") }
  }
}
