package import ArgumentParser
internal import Benchmarks
internal import Glibc
internal import SharedMemory

/// `netvsc bench crossing`: what `bench ring` runs in a process of its own.
package struct BenchCrossingCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "crossing", abstract: "Sends messages through a ring that another process made.",
    shouldDisplay: false)

  /// Nobody needs it so long, and whoever began it may be gone.
  private static let longestLife: UInt32 = 120

  @Option private var writer: String
  @Option private var senders: Int
  @Option private var messages: UInt64

  package init() {}

  /// The arguments that bring the program here.
  static func arguments(for crossing: Crossing) -> [String] {
    [
      "bench", "crossing", "--writer", crossing.writer.rawValue, "--senders", "\(crossing.senderCount)",
      "--messages", "\(crossing.messageCount)",
    ]
  }

  package func run() throws {
    alarm(Self.longestLife)
    guard let writer = CrossingWriter(rawValue: writer) else { throw ValidationError("no such writer") }
    let ring = try BenchmarkRing(sharing: ChildProcess.inheritedDescriptor)
    try Crossing(writer, senderCount: senders, messageCount: messages).run(through: ring)
  }
}
