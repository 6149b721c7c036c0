internal import NetVSC

extension QueueAccount {
  /// The account of a queue whose senders counted so much together.
  init(queue: Int, _ counters: QueueCounters, _ latencies: LatencyCounters) {
    self.init(queue: queue)
    offered = Tally(counters.offered)
    refused = Tally(counters.refused)
    refusedByReason = [
      .tooLarge: counters.refusedTooLarge.packets, .tooShort: counters.refusedTooShort.packets,
    ].filter { $0.value > 0 }
    reserved = Tally(counters.reserved)
    published = Tally(counters.published)
    completed = Tally(counters.completed)
    failed = Tally(counters.failed)
    lost = Tally(counters.lost)
    (ringFull, noSection) = (counters.ringFull, counters.noSection)
    (signals, signalsElided) = (counters.signals, counters.signalsElided)
    self.counters = [
      NamedCounter(name: "messages", value: counters.messages),
      NamedCounter(name: "stops", value: counters.stops),
      NamedCounter(name: "wakes", value: counters.wakes),
      NamedCounter(name: "no_memory", value: counters.noMemory),
      NamedCounter(name: "lent_frames", value: counters.lentFrames),
      NamedCounter(name: "large_copies", value: counters.largeCopies),
      NamedCounter(name: "completions", value: counters.completions),
      NamedCounter(name: "unknown_completions", value: counters.unknownCompletions),
      NamedCounter(name: "malformed_completions", value: counters.malformedCompletions),
      NamedCounter(name: "receives_acknowledged", value: counters.receivesAcknowledged),
      NamedCounter(name: "ignored_packets", value: counters.ignoredPackets),
      NamedCounter(name: "waits", value: counters.waits),
    ]
    latency = latencies.latencyBuckets
  }
}

extension LatencyCounters {
  /// The counters that are not zero.
  var latencyBuckets: [LatencyBucket] {
    buckets.map { LatencyBucket(nanoseconds: $0.nanoseconds, count: $0.count) }
  }
}
