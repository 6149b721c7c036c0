internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// One thread's way to send on one queue of a device.
///
/// A frame is copied once, into a section of the send buffer, and framed there, behind others of the same message where
/// the host takes several; or it is lent to the host where it lies, by `submit`. `flush` publishes all that was sent since
/// the last one, with one index store and at most one doorbell. `poll` takes completions, which give back what was used.
/// Nothing here blocks but `wait` and `drain`. A sender belongs to one thread at a time; call `finish` at the end, which
/// gives its place on the queue back to the device.
///
/// Several senders may share a queue, each on its own thread: each has sections, ids and counters of its own, and none
/// waits for another, but for its turn on an ordered ring. Whoever polls takes the completions of all out of the ring, and
/// hands the others theirs.
public struct Sender: ~Copyable, Sendable {
  /// The shortest frame that is carried: an Ethernet header, in bytes.
  public static let minimumFrameByteCount = 14
  /// The longest frame of a large send, in bytes: an IP packet of 65,535, and a header with a tag.
  public static let maximumLargeSendByteCount = 65535 + 18
  /// How many messages are gathered before they are published without being asked.
  public static let burstCapacity = 64

  let queue: DeviceQueue
  let place: SenderPlace
  var transmit: TransmitRing
  /// Where the host's packets come in: always, on a queue of its own; else while it polls or waits for all.
  var receive: ReceiveEnd?
  var sections: SectionShare
  var directMemory: DirectMemory
  var loans: MemoryLoans
  var inFlight: InFlightTable
  var message = OpenMessage()
  let messageLimits: OpenMessage.Limits
  var burst = OpenBurst(capacity: burstCapacity)
  /// Where a `FrameReservation` leaves word that it was committed.
  let committed = StableCell(CommittedFrame.none)
  let clock: MonotonicClock
  let marks: FlowMarks
  /// Whether the device waits for its senders to finish: nothing is taken any more. As of the last flush or poll.
  public internal(set) var isClosing = false
  /// The processor that the sender was made for, and what says which queue is its.
  var processor: (number: Int, map: ProcessorMap)?
  /// Whether the ring was nearly full when it was last looked at: nothing is taken until there is room again.
  public internal(set) var isStopped = false

  /// What the first message that waits needs in the ring, in bytes, where the last flush found no room for it; else 0.
  var neededByteCount: UInt32 = 0

  /// The most RNDIS bytes of a message: whose frame is copied, and of any.
  let copiedByteCount: Int
  let transferByteCount: Int
  /// Frames of memory that is not copied by itself are copied up to this size in bytes.
  let copyThreshold: Int

  /// The longest frame that is carried, from the destination address on, in bytes.
  public let maximumFrameByteCount: Int
  /// The lengths of frames that are carried, in bytes.
  let carriedFrameByteCounts: ClosedRange<UInt32>
  /// What became of the packets so far, those of the open message left out.
  var counts = QueueCounters()
  /// The time from publication to completion, of every message that completed.
  public internal(set) var latencies = LatencyCounters()
  /// Latencies of the poll that is under way.
  var latencyRun = LatencyRun()
  /// When things happened, by the device's clock.
  public internal(set) var times = SenderTimes()

  /// The queue's number, from 0.
  public var queueIndex: Int { queue.index }

  /// The sender's number among those of its queue, from 0.
  public var number: Int { place.number }

  /// What became of the packets so far.
  public var counters: QueueCounters {
    var counters = counts
    counters.offered.add(message.packetCount, bytes: message.frameByteCount)
    counters.reserved.add(message.packetCount, bytes: message.frameByteCount)
    return counters
  }

  /// Whether the processor that the sender was made for is mapped to another queue by now: then drain, finish it, and make
  /// another, so that frames on the old queue are not overtaken.
  public var shouldMove: Bool { processor.map { $0.map[$0.number] != queueIndex } ?? false }

  /// How many messages are published or about to be, and not completed.
  public var inFlightCount: Int { inFlight.count + (hasOpenMessage ? 1 : 0) }

  /// Whether the next frame that is sent or lent would be taken, whatever its size.
  public var hasRoom: Bool {
    guard !isStopped, !isClosing, burst.freeCount > (hasOpenMessage ? 1 : 0), loans.hasRoom else { return false }
    let hasBuffer = directMemory.freeBufferCount > 0
    // Without a section a frame is copied to a buffer, or lent with its header in a slot.
    guard sections.hasRoom else { return hasBuffer && directMemory.freeHeaderCount > 0 }
    return hasBuffer || queue.terms.directLayout.bufferCount == 0
  }

  /// Whether there is a message that is not in the burst yet, or will be when a committed frame is settled.
  private var hasOpenMessage: Bool { message.isOpen || committed.value.byteCount > 0 }

  /// A sender at a place that was taken for it; nil where somebody has the channel for itself.
  init?(on queue: DeviceQueue, at place: SenderPlace, clock: MonotonicClock) throws(RingError) {
    if queue.isShared {
      guard let writer = try queue.open.share(place.takeWriter()) else { return nil }
      transmit = writer
    } else {
      guard let ends = queue.open.takeEnds() else { return nil }
      transmit = ends.transmit
      receive = consume ends.receive
    }
    let remains = place.takeRemains(queue.terms)
    self.queue = queue
    self.place = place
    self.clock = clock
    marks = FlowMarks(ringByteCount: transmit.byteCount)
    sections = remains.sections
    directMemory = remains.directMemory
    loans = remains.loans
    inFlight = remains.inFlight
    maximumFrameByteCount = queue.terms.maximumFrameByteCount
    let minimum = UInt32(Self.minimumFrameByteCount)
    carriedFrameByteCounts = minimum...max(minimum, UInt32(queue.terms.maximumFrameByteCount))
    messageLimits = queue.terms.messageLimits
    transferByteCount = queue.terms.transferByteCount
    copiedByteCount = queue.terms.copiedByteCount
    copyThreshold = queue.terms.copyThreshold
  }

  /// Ends the sender's work: what is still in flight is counted as lost, and its place goes back to its device. Frames
  /// that are lent go back to the caller, though the host may read them still.
  public consuming func finish(_ returned: (ReturnedFrame) -> Void = { _ in }) -> SenderAccount {
    abandon(returned)
    sections.returnBorrowed()
    let account = SenderAccount(counters: counts, latencies: latencies, times: times)
    let (queue, place) = (queue, place)
    if let receive = receive.take() {
      queue.open.takeBack(ChannelEnds(transmit: transmit, receive: receive))
    } else {
      place.leave(writer: transmit)
      queue.open.leave()
    }
    place.leave(
      SenderRemains(sections: sections, directMemory: directMemory, loans: loans, inFlight: inFlight))
    queue.terms.openSenders.leave()
    return account
  }

  private mutating func abandon(_ returned: (ReturnedFrame) -> Void) {
    settle()
    closeMessage()
    // What others found in the ring was not lost.
    _ = takeMail(returned)
    // The host never saw these.
    while let transactionID = burst.removeFirst() {
      let message = inFlight.withdraw(transactionID)
      if message.isDirect {
        if let frame = release(section: message.section, transactionID, as: .lost) { returned(frame) }
      } else {
        sections.give(back: message.section)
      }
      counts.lost.add(message.packetCount, bytes: message.byteCount)
    }
    for (message, transactionID) in inFlight.abandonAll() {
      counts.lost.add(message.packetCount, bytes: message.byteCount)
      if message.isDirect, let cookie = inFlight.directMessage(of: transactionID).cookie {
        returned(ReturnedFrame(cookie: cookie, fate: .lost))
      }
    }
  }
}

/// What a sender leaves behind.
public struct SenderAccount: Sendable {
  /// What became of its packets.
  public let counters: QueueCounters
  /// The time from publication to completion.
  public let latencies: LatencyCounters
  /// When things happened, by the device's clock.
  public let times: SenderTimes
}

/// The moments that a rate is made of, in nanoseconds by the device's clock; nil where nothing happened.
public struct SenderTimes: Equatable, Sendable {
  /// When the host was shown the first message.
  public internal(set) var firstPublication: UInt64?
  /// When it was shown the last one.
  public internal(set) var lastPublication: UInt64?
  /// When the last completion that came was taken.
  public internal(set) var lastCompletion: UInt64?

  /// Nothing happened.
  public init() {}
}

/// Why a queue cannot be used any more. Everything in flight on it is lost.
public enum SenderError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The host took the channel away, or went away itself.
  case rescinded(String)
  /// The host broke the rules of the rings.
  case hostViolation(String)

  /// What happened, in one line.
  public var description: String {
    switch self {
    case .rescinded(let reason): "the channel was taken away: \(reason)"
    case .hostViolation(let rule): "the host broke the ring: \(rule)"
    }
  }
}
