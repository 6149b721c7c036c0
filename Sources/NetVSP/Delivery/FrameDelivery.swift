internal import SharedMemory
internal import Synchronization
internal import WireFormats

/// Brings the frames of a source to the guest: each into a sub-allocation of the receive buffer, straight from the source,
/// and told in the ring of the channel that it belongs to.
///
/// One thread at a time does so: a thread of its own, or one that steps the host; others go on. A channel is told under its
/// worker's lock, in one packet for all its frames of a turn.
final class FrameDelivery: Sendable {
  /// How a turn ended.
  enum Turn: Sendable {
    /// There may be more.
    case delivered
    /// The source has nothing more now: all that it had was delivered, if it had anything.
    case idle(hasDelivered: Bool)
    /// The guest has yet to give sub-allocations back.
    case waiting
    /// The guest has yet to read its ring, of which it tells nobody.
    case blocked
    /// Somebody else has the turn.
    case busy
    /// The source failed, or nothing is to be delivered any more.
    case over
  }

  /// The longest uninterrupted wait, in nanoseconds: whoever is told to stop does so after it.
  private static let longestWait: UInt64 = 50_000_000
  /// How long it waits, in nanoseconds, before it looks again whether the ring has room.
  private static let ringWait: UInt64 = 500_000
  /// How long it sleeps between two looks, in nanoseconds, while it waits for visitors to leave.
  private static let stopInterval: UInt64 = 100_000

  private let source: any FrameSource
  private let device: NetworkDevice
  private let slots: [ChannelSlot]
  private let turn: Mutex<DeliveryTurn>
  private let thread = Mutex<WorkerThread?>(nil)
  private let isStopping = Atomic<Bool>(false)
  private let hasFailed = Atomic<Bool>(false)
  /// How many threads that step the host are with the source, or about to be.
  private let visitorCount = Atomic<Int>(0)

  init(_ source: any FrameSource, device: NetworkDevice, slots: [ChannelSlot]) {
    self.source = source
    self.device = device
    self.slots = slots
    turn = Mutex(DeliveryTurn(loss: device.configuration.faults.loss))
  }

  var statistics: DeliveryStatistics { turn.withLock { $0.counts } }

  /// Delivers from a thread from now on.
  func startThread() throws(SystemError) {
    let started = try WorkerThread { self.run() }
    thread.withLock { $0 = started }
  }

  /// Nothing more is delivered, and the source not asked any more.
  func stop() {
    // Pairs with a visitor's: either it sees this, or it is counted below.
    isStopping.store(true, ordering: .sequentiallyConsistent)
    thread.withLock { $0.take() }?.join()
    while visitorCount.load(ordering: .sequentiallyConsistent) > 0 { WorkerThread.sleep(Self.stopInterval) }
    turn.withLock { $0.drop(device.link) }
  }

  /// Delivers again after `stop`; else nothing happens.
  func resume(hasThread: Bool) throws(SystemError) {
    guard isStopping.exchange(false, ordering: .sequentiallyConsistent), hasThread else { return }
    try startThread()
  }

  private func run() {
    while !isStopping.load(ordering: .acquiring) {
      switch deliver() {
      case .delivered: continue
      case .idle: _ = source.wait(timeout: Self.longestWait)
      case .waiting: device.link.waitForRoom(timeout: Self.longestWait)
      case .blocked: device.link.waitForRoom(timeout: Self.ringWait)
      case .busy: Processors.yield()
      case .over: return
      }
    }
  }

  /// For a thread that steps the host and has nothing else to do: delivers, and waits for the source where it has nothing,
  /// `timeout` nanoseconds at most.
  func attend(timeout: UInt64) {
    visitorCount.add(1, ordering: .sequentiallyConsistent)
    defer { visitorCount.subtract(1, ordering: .sequentiallyConsistent) }
    guard !isStopping.load(ordering: .sequentiallyConsistent) else { return }
    // Nobody sleeps over what was just delivered.
    guard case .idle(hasDelivered: false) = deliver(), timeout > 0 else { return }
    if source.wait(timeout: min(timeout, Self.longestWait)) { _ = deliver() }
  }

  /// Delivers what the source has, as far as a turn goes.
  private func deliver() -> Turn {
    guard !hasFailed.load(ordering: .relaxed) else { return .over }
    return turn.withLockIfAvailable { turn in
      do throws(SourceError) {
        return try turn.run(source, device.link) { channel, packet in slots[channel].tell(packet) }
      } catch {
        hasFailed.store(true, ordering: .relaxed)
        device.report(sourceFailure: error)
        return .over
      }
    } ?? .busy
  }
}
