internal import CNetVSCInterface
internal import HostSocket
internal import NetVSC
internal import NetVSP

extension netvsc_statistics {
  init(_ counters: QueueCounters, _ times: SenderTimes) {
    self.init()
    (offered_packets, offered_bytes) = (counters.offered.packets, counters.offered.bytes)
    (too_large_packets, too_large_bytes) = (counters.refusedTooLarge.packets, counters.refusedTooLarge.bytes)
    (too_short_packets, too_short_bytes) = (counters.refusedTooShort.packets, counters.refusedTooShort.bytes)
    (reserved_packets, reserved_bytes) = (counters.reserved.packets, counters.reserved.bytes)
    (published_packets, published_bytes) = (counters.published.packets, counters.published.bytes)
    (completed_packets, completed_bytes) = (counters.completed.packets, counters.completed.bytes)
    (failed_packets, failed_bytes) = (counters.failed.packets, counters.failed.bytes)
    (lost_packets, lost_bytes) = (counters.lost.packets, counters.lost.bytes)
    (received_packets, received_bytes) = (counters.received.packets, counters.received.bytes)
    (unwanted_packets, unwanted_bytes) = (counters.receiveUnwanted.packets, counters.receiveUnwanted.bytes)
    malformed_receives = counters.receiveMalformed
    lent_frames = counters.lentFrames
    large_copies = counters.largeCopies
    messages = counters.messages
    signals = counters.signals
    signals_elided = counters.signalsElided
    ring_full = counters.ringFull
    no_section = counters.noSection
    no_memory = counters.noMemory
    stops = counters.stops
    wakes = counters.wakes
    waits = counters.waits
    completions = counters.completions
    unknown_completions = counters.unknownCompletions
    malformed_completions = counters.malformedCompletions
    receives_acknowledged = counters.receivesAcknowledged
    acknowledgements_delayed = counters.acknowledgementsDelayed
    ignored_packets = counters.ignoredPackets
    first_publication = times.firstPublication ?? 0
    last_publication = times.lastPublication ?? 0
    last_completion = times.lastCompletion ?? 0
  }
}

extension netvsc_host_statistics {
  init(_ statistics: ChannelStatistics) {
    self.init()
    (received_packets, received_bytes) = (statistics.receivedPackets, statistics.receivedBytes)
    (delivered_packets, delivered_bytes) = (statistics.deliveredPackets, statistics.deliveredBytes)
    messages = statistics.messages
    doorbells = statistics.doorbells
    completions = statistics.completions
    failures = statistics.failures
    refused_offloads = statistics.refusedOffloads
    violations = statistics.violations
    digest = statistics.digest
    lost_to_sink = statistics.lostPackets
  }

  /// Of all channels, and of frames for the guest.
  init(_ statistics: HostStatistics) {
    self.init(statistics.total)
    let delivery = statistics.delivery
    (offered_packets, offered_bytes) = (delivery.offeredPackets, delivery.offeredBytes)
    (indicated_packets, indicated_bytes) = (delivery.deliveredPackets, delivery.deliveredBytes)
    filtered_packets = delivery.filteredPackets
    misfit_packets = delivery.misfitPackets
    unheard_packets = delivery.unheardPackets
    dropped_packets = delivery.roomlessPackets
    lost_from_source = delivery.lostPackets
    indications = delivery.messages
  }

  /// What a host in another process tells.
  init(_ report: HostReport) {
    self.init()
    (received_packets, received_bytes) = (report.receivedPackets, report.receivedBytes)
    (delivered_packets, delivered_bytes) = (report.deliveredPackets, report.deliveredBytes)
    messages = report.messages
    doorbells = report.doorbells
    violations = report.violations
    digest = report.digest
  }
}
