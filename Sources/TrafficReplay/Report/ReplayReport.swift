internal import NetVSC

/// The machine-readable account of a run: schema `netvsc.replay/1`.
///
/// Keys may be added to the schema; none is renamed or removed. A value that there is none of is null, its key stays.
package struct ReplayReport: Encodable, Sendable {
  private let result: ReplayResult
  private let ledger: Ledger

  package init(_ result: ReplayResult) {
    self.result = result
    ledger = result.ledger
  }

  private enum CodingKeys: String, CodingKey {
    case schema
    case captures
    case queues
    case queuesAsked = "queues_asked"
    case sendersPerQueue = "senders_per_queue"
    case ringMode = "ring_mode"
    case hostMode = "host_mode"
    case copy
    case sink
    case device
    case steering
    case mtu
    case vlanOffload = "vlan_offload"
    case segmentByteCount = "mss"
    case faults
    case offered
    case refused
    case reserved
    case published
    case completed
    case failed
    case lost
    case host
    case verify
    case loops
    case seconds
    case packetsPerSecond = "packets_per_second"
    case bitsPerSecond = "bits_per_second"
    case completionLatency = "completion_latency_ns"
    case pacing
    case perQueue = "per_queue"
    case ethtool
    case interrupted
    case reconnections
    case problems
    case notes
    case exitCode = "exit_code"
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("netvsc.replay/1", forKey: .schema)
    try container.encode(result.captures.map(CaptureSection.init), forKey: .captures)
    try encodeOptions(into: &container)
    try encodeLedger(into: &container)
    try container.encode(HostSection(account: result.hostIsSilent ? nil : result.host), forKey: .host)
    try container.encode(result.verify.map(VerifySection.init), forKey: .verify)
    try container.encode(result.loops, forKey: .loops)
    try container.encode(result.seconds, forKey: .seconds)
    try container.encode(result.packetsPerSecond, forKey: .packetsPerSecond)
    try container.encode(result.bitsPerSecond, forKey: .bitsPerSecond)
    try container.encode(LatencySection(percentiles: result.latency), forKey: .completionLatency)
    try container.encode(PacingSection(result: result), forKey: .pacing)
    try container.encode(result.queues.map(QueueSection.init), forKey: .perQueue)
    var ethtool = container.nestedContainer(keyedBy: NamedKey.self, forKey: .ethtool)
    for counter in result.ethtool { try ethtool.encode(counter.value, forKey: NamedKey(counter.name)) }
    try container.encode(result.interrupted, forKey: .interrupted)
    try container.encode(result.reconnections, forKey: .reconnections)
    try container.encode(result.problems, forKey: .problems)
    try container.encode(result.notes, forKey: .notes)
    try container.encode(ReplayStatus(of: result).rawValue, forKey: .exitCode)
  }

  private func encodeOptions(into container: inout KeyedEncodingContainer<CodingKeys>) throws {
    let options = result.options
    try container.encode(result.queueCount, forKey: .queues)
    try container.encode(options.queueCount, forKey: .queuesAsked)
    try container.encode(options.sendersPerQueue, forKey: .sendersPerQueue)
    try container.encode(options.copy.rawValue, forKey: .copy)
    try container.encode(options.ringMode.rawValue, forKey: .ringMode)
    try container.encode(options.hostMode.rawValue, forKey: .hostMode)
    try container.encode(options.devicePath.map { "device:\($0)" } ?? options.sink.description, forKey: .sink)
    try container.encode(options.devicePath, forKey: .device)
    try container.encode(options.steering.rawValue, forKey: .steering)
    try container.encode(result.frameLimit, forKey: .mtu)
    try container.encode(options.vlanOffload, forKey: .vlanOffload)
    try container.encode(options.segmentByteCount, forKey: .segmentByteCount)
    try container.encode(options.faults.map(\.description), forKey: .faults)
  }

  private func encodeLedger(into container: inout KeyedEncodingContainer<CodingKeys>) throws {
    try container.encode(ledger.offered, forKey: .offered)
    try container.encode(RefusedSection(ledger: ledger), forKey: .refused)
    try container.encode(ledger.reserved, forKey: .reserved)
    try container.encode(ledger.published, forKey: .published)
    try container.encode(ledger.completed, forKey: .completed)
    try container.encode(ledger.failed, forKey: .failed)
    try container.encode(ledger.lost, forKey: .lost)
  }
}
