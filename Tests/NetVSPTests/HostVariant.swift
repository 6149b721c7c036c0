import NetVSP
import SharedMemory
import Testing

/// The ways a host can run: every test of bytes passes on each.
struct HostVariant: Sendable, CustomTestStringConvertible {
  let execution: HostExecution
  let ringMapping: RingMapping

  static let all: [HostVariant] = RingMapping.allCases.flatMap { mapping in
    [.inline, .threads].map { HostVariant(execution: $0, ringMapping: mapping) }
  }

  var testDescription: String { "\(execution), rings mapped \(ringMapping)" }

  /// A host that runs this way.
  func host(sink: HostSink = .null, _ adjust: (inout HostConfiguration) -> Void = { _ in }) throws -> Host {
    var configuration = HostConfiguration(execution: execution, sink: sink)
    configuration.ringMapping = ringMapping
    adjust(&configuration)
    return try Host(configuration)
  }
}
