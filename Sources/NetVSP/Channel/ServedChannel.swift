internal import SharedMemory
internal import Synchronization
internal import VMBusRing

/// How a step left a channel.
enum ChannelRest: Sendable {
  /// Whatever the guest had sent is done, or the step's budget is used up.
  case ready
  /// There may be messages, but no room for their completions: the guest will ring.
  case blocked
  /// The channel will not be read any more.
  case over
}

/// A worker, and the thread that steps it if there is one.
///
/// One lock for a step of many messages. Who waits for it: whoever tells the guest of frames, and several senders that step
/// the same channel.
final class ServedChannel<Receiver: FrameReceiver>: Sendable {
  /// How often a thread that found nothing looks again before it sleeps: about as long as a doorbell and the wake-up
  /// behind it take, so that spinning never costs much more than sleeping would have.
  private static var spinLimit: Int { 2_000 }

  private let channel: Channel
  private let worker: Mutex<ChannelWorker<Receiver>>
  private let thread = Mutex<WorkerThread?>(nil)
  private let isStopping = Atomic<Bool>(false)

  init(_ channel: Channel, _ worker: consuming sending ChannelWorker<Receiver>) {
    self.channel = channel
    self.worker = Mutex(worker)
  }

  /// Does a bounded piece of work. Returns how many messages were read.
  func step() -> Int { worker.withLock { $0.step() } }

  /// Tells the guest of frames in its receive buffer.
  func tell(_ packet: borrowing FramePacket) -> Telling { worker.withLock { $0.tell(packet) } }

  var statistics: ChannelStatistics { worker.withLock { $0.statistics } }

  /// Lets a thread do the work from now on.
  func startThread() throws(SystemError) {
    let started = try WorkerThread { self.run() }
    thread.withLock { $0 = started }
  }

  /// Ends the service: nothing touches the channel's rings any more. `finishing` first does what the guest had sent.
  func close(finishing: Bool) {
    isStopping.store(true, ordering: .releasing)
    channel.toHost.ring()
    thread.withLock { $0.take() }?.join()
    worker.withLock { $0.close(finishing: finishing) }
  }

  private func run() {
    var idleSteps = 0
    while !isStopping.load(ordering: .acquiring) {
      if step() > 0 {
        idleSteps = 0
      } else if idleSteps < Self.spinLimit {
        idleSteps += 1
        Processors.pause()
      } else {
        idleSteps = 0
        if !sleep() { return }
      }
    }
  }

  /// Waits for the doorbell, unless there is work. Returns false when there will be none any more.
  private func sleep() -> Bool {
    let (maySleep, rest) = worker.withLock { worker in (worker.preparesToSleep(), worker.rest) }
    guard rest != .over else { return false }
    guard maySleep else { return true }
    channel.toHost.wait(timeout: .max) { isStopping.load(ordering: .acquiring) }
    worker.withLock { $0.wake() }
    return true
  }
}
