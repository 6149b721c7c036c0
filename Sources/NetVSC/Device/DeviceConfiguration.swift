public import SharedMemory

/// What a guest asks of its device. The host may grant less; `Device` tells what it got.
public struct DeviceConfiguration: Sendable {
  /// How many queues (channels) are wanted, from 1 to 64.
  public var queueCount = 1
  /// The longest frame, from the destination address on, in bytes: an IP MTU and 14. From 1514 to 9216.
  public var frameByteCount = 9216
  /// How many senders each queue may have at a time, from 1 to 64.
  public var sendersPerQueue = 1
  /// How the queues' rings are owned. nil: exclusively by one sender, cooperatively by several.
  public var ringMode: RingMode?
  /// The size of one ring in bytes, its control page included: whole pages, from 8 KiB to 1 GiB (64 MiB where the
  /// host is another process).
  public var ringByteCount = 128 * 4096
  /// How many sections of the send buffer each queue wants, for all its senders, from 1 to 4096. All queues together get at
  /// most 16 MiB of them.
  public var sectionsPerQueue = 256
  /// How many sections more belong to no sender, from 0 to 4096, where there are several: each may borrow of them, up to
  /// as many as it has itself or 8, while its own are all taken. Where memory is short they are at most a quarter of all.
  public var spareSections = 64
  /// How many frames go into one message at most, as far as the host takes several; from 1 to 64. Each message costs
  /// both sides about as much as copying a frame.
  public var packetsPerMessage = 8
  /// How many frames without a section a queue can have lent to the host, from 1 to 4096; each of its senders at least
  /// one.
  public var lentFramesPerQueue = 256
  /// How many buffers of 68 KiB each queue has, and each of its senders at least one, for frames that are longer than a
  /// section, and for those that find none free; from 0 to 256. Without any, no frame is longer than a section holds.
  public var largeBuffersPerQueue = 16
  /// Frames that lie in memory of the device's are copied up to this size in bytes, and lent beyond it. About here a copy
  /// costs as much as a message of its own.
  public var copyThreshold = 5120
  /// Whether frames that the host delivers are kept for `Sender.receive`. Without it they are dropped where they are found.
  public var receivesFrames = false
  /// The size of the receive buffer in bytes: what the host can have delivered at a time, each frame in room for the
  /// longest and 292 bytes. From 64 KiB to 31 MiB.
  public var receiveBufferByteCount = 1 << 20
  /// How long the host may take for one answer of the set-up, in nanoseconds.
  public var answerTimeout: UInt64 = 5_000_000_000
  /// The newest version of the protocol (NVSP) that is tried, as its number on the wire; 6.1 by default.
  public var newestVersion: UInt32 = 0x0006_0001
  /// Where time comes from.
  public var clock = MonotonicClock.monotonic

  /// The defaults.
  public init() {}
}

extension DeviceConfiguration {
  /// How the rings are owned, decided.
  var effectiveRingMode: RingMode { ringMode ?? (sendersPerQueue == 1 ? .exclusive : .cooperative) }

  /// Throws where a value cannot be.
  func validate() throws(DeviceError) {
    guard (1...64).contains(queueCount) else { throw .badConfiguration("queues: from 1 to 64, not \(queueCount)") }
    guard (1...64).contains(sendersPerQueue) else {
      throw .badConfiguration("senders per queue: from 1 to 64, not \(sendersPerQueue)")
    }
    guard sendersPerQueue == 1 || ringMode != .exclusive else {
      throw .badConfiguration("an exclusive ring has one sender, not \(sendersPerQueue)")
    }
    guard (1514...9216).contains(frameByteCount) else {
      throw .badConfiguration("frame size: from 1514 to 9216 bytes, not \(frameByteCount)")
    }
    guard ringByteCount >= 2 * 4096, ringByteCount % 4096 == 0, ringByteCount <= 1 << 30 else {
      throw .badConfiguration("ring size: whole pages of 4096 bytes, at least 2, not \(ringByteCount) bytes")
    }
    guard (1...4096).contains(sectionsPerQueue) else {
      throw .badConfiguration("sections per queue: from 1 to 4096, not \(sectionsPerQueue)")
    }
    guard (0...4096).contains(spareSections) else {
      throw .badConfiguration("spare sections: from 0 to 4096, not \(spareSections)")
    }
    guard (1...64).contains(packetsPerMessage) else {
      throw .badConfiguration("packets per message: from 1 to 64, not \(packetsPerMessage)")
    }
    guard (1...4096).contains(lentFramesPerQueue) else {
      throw .badConfiguration("lent frames per queue: from 1 to 4096, not \(lentFramesPerQueue)")
    }
    guard (0...256).contains(largeBuffersPerQueue) else {
      throw .badConfiguration("large buffers per queue: from 0 to 256, not \(largeBuffersPerQueue)")
    }
    guard copyThreshold >= 0 else { throw .badConfiguration("copy threshold: 0 bytes or more, not \(copyThreshold)") }
    guard (1 << 16...31 << 20).contains(receiveBufferByteCount) else {
      throw .badConfiguration("receive buffer: from 64 KiB to 31 MiB, not \(receiveBufferByteCount) bytes")
    }
  }
}

/// Why a device could not be opened.
public enum DeviceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A value of the configuration that cannot be, or memory.
  case badConfiguration(String)
  /// The system gave no memory or descriptors.
  case system(SystemError)
  /// The host refused a step of the set-up, or answered it with nonsense.
  case refused(step: String, reason: String)
  /// The host did not answer in time.
  case noAnswer(step: String)
  /// The host went away.
  case rescinded(String)
  /// There is no such queue, or it has as many senders as it may already.
  case queueTaken(Int)
  /// The device is closed, or about to be: no more senders.
  case closing

  /// What happened, in one line.
  public var description: String {
    switch self {
    case .badConfiguration(let what): what
    case .system(let error): "\(error)"
    case .refused(let step, let reason): "the host refused \(step): \(reason)"
    case .noAnswer(let step): "the host did not answer \(step) in time"
    case .rescinded(let reason): "the host went away: \(reason)"
    case .queueTaken(let queue): "queue \(queue) does not exist or has all its senders already"
    case .closing: "the device is closed, or about to be"
    }
  }
}
