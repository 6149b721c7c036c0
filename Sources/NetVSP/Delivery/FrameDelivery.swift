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
    /// Somebody else has the turn, or the source failed.
    case over
  }

  /// The longest uninterrupted wait, in nanoseconds: whoever is told to stop does so after it.
  private static let longestWait: UInt64 = 50_000_000

  private let source: any FrameSource
  private let device: NetworkDevice
  private let slots: [ChannelSlot]
  private let turn: Mutex<DeliveryTurn>
  private let thread = Mutex<WorkerThread?>(nil)
  private let isStopping = Atomic<Bool>(false)
  private let hasFailed = Atomic<Bool>(false)

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

  /// Nothing more is delivered.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    thread.withLock { $0.take() }?.join()
  }

  private func run() {
    while !isStopping.load(ordering: .acquiring) {
      switch deliver() {
      case .delivered: continue
      case .idle: _ = source.wait(timeout: Self.longestWait)
      case .waiting: device.link.waitForRoom(timeout: Self.longestWait)
      case .over: return
      }
    }
  }

  /// For a thread that steps the host and has nothing else to do: delivers, and waits for the source where it has nothing,
  /// `timeout` nanoseconds at most.
  func attend(timeout: UInt64) {
    // Nobody sleeps over what was just delivered.
    guard case .idle(hasDelivered: false) = deliver(), timeout > 0 else { return }
    if source.wait(timeout: min(timeout, Self.longestWait)) { _ = deliver() }
  }

  /// Delivers what the source has, as far as a turn goes.
  private func deliver() -> Turn {
    guard !hasFailed.load(ordering: .relaxed) else { return .over }
    return turn.withLockIfAvailable { turn in
      do throws(SourceError) {
        return try turn.run(source, device.link) { channel, ranges, transactionID in
          slots[channel].deliver(ranges, transactionID)
        }
      } catch {
        hasFailed.store(true, ordering: .relaxed)
        device.report(sourceFailure: error)
        return .over
      }
    } ?? .over
  }
}
