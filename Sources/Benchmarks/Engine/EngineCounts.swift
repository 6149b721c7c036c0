/// What a packet executes, exactly: the same on every run of one build.
package struct EngineCounts: Equatable, Sendable {
  package let instructionsPerPacket: Double
  /// How often for a packet each function is called, by whomever; and by the program itself those of other libraries, such
  /// as the Swift runtime's. Those that are called as often whatever is sent are left out.
  package let callsPerPacket: [String: Double]
  package let foreignCallsPerPacket: [String: Double]

  /// The difference between a run of `packetCount` packets and one of twice as many. What each run does once is in both.
  package init(once: CallgrindProfile, twice: CallgrindProfile, packetCount: Int) {
    instructionsPerPacket = Double(twice.instructionCount - once.instructionCount) / Double(packetCount)
    callsPerPacket = Self.difference(twice.calls, once.calls, packetCount)
    foreignCallsPerPacket = Self.difference(twice.foreignCalls, once.foreignCalls, packetCount)
  }

  private static func difference(_ twice: [String: Int], _ once: [String: Int], _ packetCount: Int) -> [String: Double]
  {
    twice.reduce(into: [:]) { calls, call in
      let more = call.value - once[call.key, default: 0]
      if more != 0 { calls[call.key] = Double(more) / Double(packetCount) }
    }
  }
}
