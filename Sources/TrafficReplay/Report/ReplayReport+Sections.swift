struct CaptureSection: Encodable {
  let account: CaptureAccount

  private enum CodingKeys: String, CodingKey {
    case path
    case linkType = "link_type"
    case packets
    case bytes
    case truncated
    case skipped
    case ended
    case problem
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(account.path, forKey: .path)
    try container.encode(account.linkType, forKey: .linkType)
    try container.encode(account.packets, forKey: .packets)
    try container.encode(account.bytes, forKey: .bytes)
    try container.encode(account.truncated, forKey: .truncated)
    try container.encode(account.skipped, forKey: .skipped)
    try container.encode(account.ended.rawValue, forKey: .ended)
    try container.encode(account.problem, forKey: .problem)
  }
}

struct RefusedSection: Encodable {
  let ledger: Ledger

  private enum CodingKeys: String, CodingKey {
    case packets
    case bytes
    case byReason = "by_reason"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(ledger.refused.packets, forKey: .packets)
    try container.encode(ledger.refused.bytes, forKey: .bytes)
    var reasons = container.nestedContainer(keyedBy: NamedKey.self, forKey: .byReason)
    for reason in RefusalReason.allCases {
      try reasons.encode(ledger.refusedByReason[reason, default: 0], forKey: NamedKey(reason.rawValue))
    }
  }
}

struct HostSection: Encodable {
  /// nil where the host cannot be asked: every key is there, and null.
  let account: HostAccount?

  private enum CodingKeys: String, CodingKey {
    case received
    case delivered
    case messages
    case doorbells
    case sinkWaits = "sink_waits"
    case violations
    case problem
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(account?.received, forKey: .received)
    try container.encode(account?.delivered, forKey: .delivered)
    try container.encode(account?.messages, forKey: .messages)
    try container.encode(account?.doorbells, forKey: .doorbells)
    try container.encode(account?.sinkWaits, forKey: .sinkWaits)
    try container.encode(account?.violations, forKey: .violations)
    try container.encode(account?.problem, forKey: .problem)
  }
}

struct VerifySection: Encodable {
  let offered: String
  let received: String
  let match: Bool

  init(_ digests: VerifyDigests) {
    offered = Readable.hexadecimal(digests.offered)
    received = Readable.hexadecimal(digests.received)
    match = digests.match
  }
}

struct LatencySection: Encodable {
  let percentiles: LatencyPercentiles?

  private enum CodingKeys: String, CodingKey {
    case p50
    case p90
    case p99
    case p999 = "p99_9"
    case p9999 = "p99_99"
    case max
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(percentiles?.p50, forKey: .p50)
    try container.encode(percentiles?.p90, forKey: .p90)
    try container.encode(percentiles?.p99, forKey: .p99)
    try container.encode(percentiles?.p999, forKey: .p999)
    try container.encode(percentiles?.p9999, forKey: .p9999)
    try container.encode(percentiles?.max, forKey: .max)
  }
}

/// At top speed no pace is asked for, so there is no gap to miss.
struct PacingSection: Encodable {
  let result: ReplayResult

  private enum CodingKeys: String, CodingKey {
    case mode
    case asked = "asked_pps"
    case askedMegabits = "asked_mbps"
    case speed
    case achieved = "achieved_pps"
    case gapError = "gap_error_ns"
  }

  private enum GapKeys: String, CodingKey {
    case p50
    case p99
    case p999 = "p99_9"
    case max
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let pace = result.options.pace
    try container.encode(pace.name, forKey: .mode)
    try container.encode(result.askedPerSecond, forKey: .asked)
    try container.encode(pace.megabitsPerSecond?.value, forKey: .askedMegabits)
    try container.encode(pace.speed?.value, forKey: .speed)
    try container.encode(result.departuresPerSecond, forKey: .achieved)
    var gaps = container.nestedContainer(keyedBy: GapKeys.self, forKey: .gapError)
    let error = result.gapError
    try gaps.encode(error?.p50, forKey: .p50)
    try gaps.encode(error?.p99, forKey: .p99)
    try gaps.encode(error?.p999, forKey: .p999)
    try gaps.encode(error?.max, forKey: .max)
  }
}

struct QueueSection: Encodable {
  let account: QueueAccount

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    // The further counters come first: a name of the schema's own wins.
    let numbers =
      account.counters.map { ($0.name, $0.value) } + [
        ("offered", account.offered.packets),
        ("refused", account.refused.packets),
        ("sent", account.published.packets),
        ("sent_bytes", account.published.bytes),
        ("completed", account.completed.packets),
        ("completed_bytes", account.completed.bytes),
        ("failed", account.failed.packets),
        ("lost", account.lost.packets),
        ("ring_full", account.ringFull),
        ("no_section", account.noSection),
        ("signals", account.signals),
        ("signals_elided", account.signalsElided),
      ]
    for (name, value) in numbers { try container.encode(value, forKey: NamedKey(name)) }
    try container.encode(account.queue, forKey: NamedKey("queue"))
    try container.encode(
      LatencySection(percentiles: LatencyPercentiles(merging: account.latency)),
      forKey: NamedKey("completion_latency_ns"))
  }
}

/// A key that is only known when it is written.
struct NamedKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}
