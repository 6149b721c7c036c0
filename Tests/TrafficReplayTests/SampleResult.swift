import TrafficReplay

/// A run that went well, for tests to spoil.
func sampleResult(queueCount: Int = 2, packetsPerQueue: UInt64 = 1000) -> ReplayResult {
  let options = ReplayOptions(capturePaths: ["first.pcap"], queueCount: queueCount)
  var result = ReplayResult(options: options, loops: 1, elapsed: 1_000_000, departureSpan: 900_000)
  let share = Tally(packets: packetsPerQueue, bytes: packetsPerQueue * 100)
  for queue in 0..<queueCount {
    var account = QueueAccount(queue: queue)
    account.offered = share
    account.reserved = share
    account.published = share
    account.completed = share
    account.signals = 3
    account.signalsElided = 122
    account.latency = [
      LatencyBucket(nanoseconds: 600, count: packetsPerQueue - 10), LatencyBucket(nanoseconds: 2000, count: 10),
    ]
    result.queues.append(account)
    result.host.received += share
    result.host.delivered += share
    result.host.messages += packetsPerQueue
    result.host.doorbells += 3
  }
  result.captures = [
    CaptureAccount(
      path: "first.pcap", linkType: "EN10MB", packets: result.ledger.offered.packets, bytes: result.ledger.offered.bytes
    )
  ]
  result.verify = VerifyDigests(offered: 0x1234, received: 0x1234)
  return result
}

extension ReplayResult {
  /// Takes packets of 100 bytes from what queue 0 completed, and counts them as something else.
  mutating func move(_ packets: UInt64, to other: WritableKeyPath<QueueAccount, Tally>) {
    let moved = Tally(packets: packets, bytes: packets * 100)
    queues[0].completed.packets -= moved.packets
    queues[0].completed.bytes -= moved.bytes
    queues[0][keyPath: other] += moved
  }

  /// Refuses packets of 100 bytes at queue 0 as a run would.
  mutating func refuse(_ packets: UInt64, because reason: RefusalReason) {
    let moved = Tally(packets: packets, bytes: packets * 100)
    move(packets, to: \.refused)
    queues[0].refusedByReason[reason, default: 0] += packets
    for part in [\QueueAccount.reserved, \QueueAccount.published] {
      queues[0][keyPath: part].packets -= moved.packets
      queues[0][keyPath: part].bytes -= moved.bytes
    }
    for part in [\HostAccount.received, \HostAccount.delivered] {
      host[keyPath: part].packets -= moved.packets
      host[keyPath: part].bytes -= moved.bytes
    }
  }
}
