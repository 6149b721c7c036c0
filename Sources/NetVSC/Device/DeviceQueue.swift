internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// Both ends of a channel that belong to the guest.
struct ChannelEnds: ~Copyable, Sendable {
  var transmit: TransmitRing
  var receive: RingConsumer<MappedRing>
}

/// A channel that is open, and its ends while nobody works with them.
final class OpenChannel: Sendable {
  let channel: Channel
  private let ends: Mutex<ChannelEnds?>

  init(_ channel: Channel, _ ends: consuming sending ChannelEnds) {
    self.channel = channel
    self.ends = Mutex(ends)
  }

  /// Hands out the ends; nil while somebody has them.
  func takeEnds() -> ChannelEnds? { ends.withLock { $0.take() } }

  func takeBack(_ returned: consuming ChannelEnds) {
    var returned: ChannelEnds? = returned
    ends.withLock { $0 = returned.take() }
  }
}

/// One queue of a device: its channel, and its part of the send buffer.
final class DeviceQueue: Sendable {
  let open: OpenChannel
  let host: any HostEndpoint
  let sendBuffer: SharedBytes
  let sectionByteCount: Int
  /// The sections of the buffer that are this queue's.
  let sections: Range<Int>
  let maximumFrameByteCount: Int

  /// The queue's number is its channel's.
  var index: Int { open.channel.index }
  var channel: Channel { open.channel }

  init(
    open: OpenChannel, host: any HostEndpoint, sendBuffer: SharedBytes, sectionByteCount: Int, sections: Range<Int>,
    maximumFrameByteCount: Int
  ) {
    self.open = open
    self.host = host
    self.sendBuffer = sendBuffer
    self.sectionByteCount = sectionByteCount
    self.sections = sections
    self.maximumFrameByteCount = maximumFrameByteCount
  }
}
