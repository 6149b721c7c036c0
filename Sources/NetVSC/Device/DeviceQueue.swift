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

/// What outlives a sender, because the host may still come back to it: sections of messages that did not complete, their
/// ids, and receive packets that are not acknowledged.
struct QueueRemains: ~Copyable, Sendable {
  var sections: SectionShare
  var directMemory: DirectMemory
  var loans: MemoryLoans
  var inFlight: InFlightTable
  var acknowledgements: [UInt64] = []
  var violation: String?

  /// Of a queue that had no sender yet.
  init(of queue: DeviceQueue) {
    sections = SectionShare(
      of: queue.sendBuffer, sectionByteCount: queue.sectionByteCount, sections: queue.sections)
    directMemory = DirectMemory(queue.directMemory, at: queue.directOffset, queue.directLayout)
    loans = MemoryLoans()
    // Every message holds one of these at least.
    inFlight = InFlightTable(
      capacity: queue.sections.count + queue.directLayout.headerCount + queue.directLayout.bufferCount)
  }

  init(
    sections: consuming SectionShare, directMemory: consuming DirectMemory, loans: consuming MemoryLoans,
    inFlight: consuming InFlightTable, acknowledgements: [UInt64], violation: String?
  ) {
    self.sections = sections
    self.directMemory = directMemory
    self.loans = loans
    self.inFlight = inFlight
    self.acknowledgements = acknowledgements
    self.violation = violation
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
  /// The memory of all queues' messages that use no section, and where this queue's begins.
  let directMemory: DeviceMemory
  let directOffset: Int
  let directLayout: DirectMemory.Layout
  let maximumFrameByteCount: Int
  /// What a message may hold.
  let messageLimits: OpenMessage.Limits
  /// The most RNDIS bytes of any message, and of one whose frame is copied.
  let transferByteCount: Int
  let copiedByteCount: Int
  /// Frames that could be lent are copied up to this size in bytes.
  let copyThreshold: Int
  /// Where the host indicates what happens to the device. Only the primary channel's queue has it.
  let receiveBuffer: ReceiveBuffer?

  /// What the last sender left to the next; nil before the first, and while one is out.
  private let remains = Mutex<QueueRemains?>(nil)

  /// The queue's number is its channel's.
  var index: Int { open.channel.index }
  var channel: Channel { open.channel }

  init(
    open: OpenChannel, host: any HostEndpoint, sendBuffer: SharedBytes, sectionByteCount: Int, sections: Range<Int>,
    directMemory: DeviceMemory, directOffset: Int, directLayout: DirectMemory.Layout, maximumFrameByteCount: Int,
    messageLimits: OpenMessage.Limits, transferByteCount: Int, copiedByteCount: Int, copyThreshold: Int,
    receiveBuffer: ReceiveBuffer?
  ) {
    self.open = open
    self.host = host
    self.sendBuffer = sendBuffer
    self.sectionByteCount = sectionByteCount
    self.sections = sections
    self.directMemory = directMemory
    self.directOffset = directOffset
    self.directLayout = directLayout
    self.maximumFrameByteCount = maximumFrameByteCount
    self.messageLimits = messageLimits
    self.transferByteCount = transferByteCount
    self.copiedByteCount = copiedByteCount
    self.copyThreshold = copyThreshold
    self.receiveBuffer = receiveBuffer
  }

  /// What the last sender left; that of a queue never used for the first.
  func takeRemains() -> QueueRemains { remains.withLock { $0.take() } ?? QueueRemains(of: self) }

  func leave(_ left: consuming QueueRemains) {
    var left: QueueRemains? = left
    remains.withLock { $0 = left.take() }
  }
}
