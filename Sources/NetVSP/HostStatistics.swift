/// What a host counted on one channel, or on all of them.
public struct ChannelStatistics: Equatable, Sendable {
  /// Frames of well-formed messages, as the guest offered them: a large send is one.
  public package(set) var receivedPackets: UInt64 = 0
  /// The bytes of these frames, with those of tags that came beside them.
  public package(set) var receivedBytes: UInt64 = 0
  /// Frames the sink took: of a large send, its segments.
  public package(set) var deliveredPackets: UInt64 = 0
  /// The bytes of these frames.
  public package(set) var deliveredBytes: UInt64 = 0
  /// Frames that a fault made away with on their way to the sink; they are not among the delivered ones.
  public package(set) var lostPackets: UInt64 = 0
  /// Packets read from the guest's ring, of every kind.
  public package(set) var messages: UInt64 = 0
  /// Doorbells the host rang.
  public package(set) var doorbells: UInt64 = 0
  /// Completions of frames and control requests, whatever their status.
  public package(set) var completions: UInt64 = 0
  /// Those of them that told the guest of a failure.
  public package(set) var failures: UInt64 = 0
  /// Frames that do not allow what their info asks for. Their messages failed.
  public package(set) var refusedOffloads: UInt64 = 0
  /// Broken rules that stopped a channel.
  public package(set) var violations: UInt64 = 0
  /// The sum, modulo 2^64, of the digests of the frames received; 0 unless the sink verifies.
  public package(set) var digest: UInt64 = 0

  /// Nothing counted.
  public init() {}

  package static func + (left: Self, right: Self) -> Self {
    var sum = Self()
    sum.receivedPackets = left.receivedPackets + right.receivedPackets
    sum.receivedBytes = left.receivedBytes + right.receivedBytes
    sum.deliveredPackets = left.deliveredPackets + right.deliveredPackets
    sum.deliveredBytes = left.deliveredBytes + right.deliveredBytes
    sum.lostPackets = left.lostPackets + right.lostPackets
    sum.messages = left.messages + right.messages
    sum.doorbells = left.doorbells + right.doorbells
    sum.completions = left.completions + right.completions
    sum.failures = left.failures + right.failures
    sum.refusedOffloads = left.refusedOffloads + right.refusedOffloads
    sum.violations = left.violations + right.violations
    sum.digest = left.digest &+ right.digest
    return sum
  }
}

/// The frames of one message.
struct FrameCount: BitwiseCopyable {
  private(set) var packets: UInt32 = 0
  private(set) var bytes: UInt64 = 0

  @inline(__always)
  mutating func add(_ byteCount: UInt32) {
    packets &+= 1
    bytes &+= UInt64(byteCount)
  }
}

extension ChannelStatistics {
  /// Counts frames that were received and delivered as they are.
  @inline(__always)
  mutating func receive(_ frames: FrameCount) {
    receivedPackets &+= UInt64(frames.packets)
    receivedBytes &+= frames.bytes
    deliveredPackets &+= UInt64(frames.packets)
    deliveredBytes &+= frames.bytes
  }
}

/// What a host counted since it was made.
public struct HostStatistics: Equatable, Sendable {
  /// By channel, the primary one first; channels that were never open are at zero.
  public let channels: [ChannelStatistics]
  /// What became of the frames of the source.
  public let delivery: DeliveryStatistics
  /// The first thing that went wrong: a rule that a guest broke, or a sink or source that failed. nil if nothing did.
  public let problem: String?
  /// What the sink said when it first failed. nil if it never did.
  public let sinkFailure: String?

  /// All channels together.
  public var total: ChannelStatistics { channels.reduce(ChannelStatistics(), +) }
}
