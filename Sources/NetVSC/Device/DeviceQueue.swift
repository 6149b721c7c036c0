internal import SharedMemory
internal import Synchronization
internal import VMBusRing
internal import WireFormats

/// What the queues of a device have in common.
struct QueueTerms: Sendable {
  let host: any HostEndpoint
  let addressSpace: DeviceAddressSpace
  /// All senders of the device.
  let openSenders: OpenSenders
  let sendBuffer: SharedBytes
  let sectionByteCount: Int
  /// The memory of all messages that use no section, and each sender's part of it.
  let directMemory: DeviceMemory
  let directLayout: DirectMemory.Layout
  let maximumFrameByteCount: Int
  /// What a message may hold.
  let messageLimits: OpenMessage.Limits
  /// The most RNDIS bytes of any message, and of one whose frame is copied.
  let transferByteCount: Int
  let copiedByteCount: Int
  /// Frames that could be lent are copied up to this size in bytes.
  let copyThreshold: Int
}

/// One queue of a device: its channel, and the places of its senders.
final class DeviceQueue: Sendable {
  let open: OpenChannel
  let terms: QueueTerms
  let places: [SenderPlace]
  /// Where the host's frames lie, and on the primary channel what it indicates.
  let receiveBuffer: ReceiveBuffer
  /// Where the host's tables go that come with time. Only the primary channel's queue has it.
  let steering: SteeringTable?
  /// The rule of the rings that the host broke, on any of the queue's senders; nil while it broke none.
  private let violation = Mutex<String?>(nil)
  private let hasViolation = Atomic(false)
  /// Whether the host has no threads of its own. Kept here, as the host is an object that all queues share.
  let hostRunsInline: Bool

  /// Whether the host reads private memory of this process. Kept here as well.
  let lendsPrivateMemory: Bool

  /// The queue's number is its channel's.
  var index: Int { open.channel.index }
  var channel: Channel { open.channel }
  /// Whether there may be several senders.
  var isShared: Bool { places.count > 1 }

  init(
    open: OpenChannel, terms: QueueTerms, places: [SenderPlace], receiveBuffer: ReceiveBuffer, steering: SteeringTable?
  ) {
    self.open = open
    self.terms = terms
    hostRunsInline = terms.host.runsInline
    lendsPrivateMemory = terms.host.readsPrivateMemory
    self.places = places
    self.receiveBuffer = receiveBuffer
    self.steering = steering
    // Those that sleep are to see it.
    if places.count > 1 { open.channel.whenRescinded { for place in places { place.bell?.ring() } } }
  }

  /// Waits for the host, or lets one without threads run. From here the host is called without counting a reference to it,
  /// which all queues' threads would change in turn.
  func attend(timeout: UInt64) { terms.host.attend(channel, timeout: timeout) }

  /// Throws where the host broke the ring. One that was broken once is never trusted again.
  @inline(__always)
  func checkRing() throws(SenderError) {
    guard !hasViolation.load(ordering: .relaxed) else { throw failure }
  }

  /// Whether the queue cannot be used any more.
  var isOver: Bool { hasViolation.load(ordering: .relaxed) || channel.isRescinded }

  /// Throws where the queue cannot be used any more.
  @inline(__always)
  func check() throws(SenderError) {
    try checkRing()
    guard !channel.isRescinded else { throw failure }
  }

  @inline(never)
  private var failure: SenderError {
    if let rule = violation.withLock({ $0 }) { return .hostViolation(rule) }
    return .rescinded(channel.rescindReason ?? "no reason given")
  }

  /// Ends the queue for all its senders: the host broke a rule.
  func end(because rule: String) -> SenderError {
    violation.withLock { $0 = $0 ?? rule }
    hasViolation.store(true, ordering: .relaxed)
    wakeAll()
    return .hostViolation(rule)
  }

  /// Wakes every sender that waits.
  func wakeAll() {
    channel.toGuest.ring()
    for place in places { place.bell?.ring() }
  }

  /// Takes all places for good. Returns whether no sender had one.
  func retire() -> Bool { places.reduce(true) { areFree, place in place.take() && areFree } }

  /// Takes a place that is free, or the one of that number; nil where there is none.
  func takePlace(_ number: Int?) -> SenderPlace? {
    places.first { (number == nil || number == $0.number) && $0.take() }
  }
}
