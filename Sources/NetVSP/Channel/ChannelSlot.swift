internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// The place of one channel in a host: empty, or with the service of the open channel.
final class ChannelSlot: Sendable {
  private struct Occupancy {
    var service: ChannelService?
    /// Which channel it serves.
    var channel: Channel?
    /// What was counted while the channel was open before.
    var past = ChannelStatistics()
  }
  private let occupancy = Mutex(Occupancy())

  /// Puts the service of a channel in, which does its work on a thread of its own if told so.
  func open(_ service: ChannelService, of channel: Channel, onThread: Bool) throws(SystemError) {
    if onThread { try service.startThread() }
    occupancy.withLock { occupancy in
      occupancy.service = service
      occupancy.channel = channel
    }
  }

  /// Does a bounded piece of work. Returns how many messages were read.
  func step() -> Int { occupancy.withLock { $0.service }?.step() ?? 0 }

  /// Tells the guest of frames in its receive buffer.
  func tell(_ packet: borrowing FramePacket) -> Telling {
    occupancy.withLock { $0.service }?.tell(packet) ?? .noChannel
  }

  /// Ends the service of a channel, if there is one.
  func close(_ channel: Channel, finishing: Bool) {
    guard let service = occupancy.withLock({ $0.channel === channel ? $0.service : nil }) else { return }
    service.close(finishing: finishing)
    occupancy.withLock { occupancy in
      // Two threads may close a channel, one of them because the host shuts down.
      guard occupancy.channel === channel else { return }
      occupancy.past = occupancy.past + service.statistics
      occupancy.service = nil
      occupancy.channel = nil
    }
  }

  /// What was counted since the host was made.
  var statistics: ChannelStatistics {
    occupancy.withLock { occupancy in occupancy.service.map { occupancy.past + $0.statistics } ?? occupancy.past }
  }
}
