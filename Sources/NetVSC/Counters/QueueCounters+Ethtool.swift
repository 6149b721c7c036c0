extension QueueCounters {
  /// What a device's counters are called in the output of `ethtool -S`, as the Linux driver of such a device names them,
  /// in its order. What cannot happen here is left out: frames that are linearised, or dropped for want of space.
  public var ethtoolStatistics: [(name: String, value: UInt64)] {
    [
      ("tx_no_memory", noMemory),
      ("tx_too_big", refusedTooLarge.packets),
      ("tx_busy", ringFull),
      ("tx_send_full", noSection),
      ("rx_comp_busy", acknowledgementsDelayed),
      ("stop_queue", stops),
      ("wake_queue", wakes),
    ]
  }

  /// The same for one queue: packets and bytes are counted when they complete, and when they are taken.
  public func ethtoolStatistics(ofQueue index: Int) -> [(name: String, value: UInt64)] {
    [
      ("tx_queue_\(index)_packets", completed.packets), ("tx_queue_\(index)_bytes", completed.bytes),
      ("rx_queue_\(index)_packets", received.packets), ("rx_queue_\(index)_bytes", received.bytes),
    ]
  }
}
