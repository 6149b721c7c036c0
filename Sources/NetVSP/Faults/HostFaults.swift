/// What a host does wrong on purpose, to see what its guests make of it. By default nothing.
///
/// Sub-channels, the completions of frames, and a loss of frames are all it concerns: set-up and control dialogue stay as
/// they are, and frames are received and delivered as ever but for that loss. Faults may be combined, and begin on each channel by itself after a number
/// of messages with frames. Nothing is left to chance: the same messages in the same steps meet the same faults. The
/// host's own counts are what they would be without.
public struct HostFaults: Equatable, Sendable {
  /// The first sub-channel that does not open, nor do those behind it. They count from 1. nil: all open.
  public var closedFromSubchannel: Int?
  /// After so many messages a channel is read on and completes nothing any more. nil: never.
  public var silentAfter: UInt64?
  /// After so many messages a channel completes with failure. nil: never.
  public var failingAfter: UInt64?
  /// When a channel has completed so many messages, or has to with 0, it is not read any more, without a word. nil: never.
  public var hangingAfter: UInt64?
  /// When any channel has completed so many messages, or has to with 0, the host takes all channels away. nil: never.
  public var dyingAfter: UInt64?
  /// After so many messages a channel completes every message twice. nil: never.
  public var duplicatingAfter: UInt64?
  /// After so many messages a channel also completes, for every message, an id that no message has. nil: never.
  public var inventingAfter: UInt64?
  /// A channel completes nothing until it has read so many messages, or looked for one in vain as often, and then all of
  /// them, the latest first. nil: each at once.
  public var delay: UInt64?

  /// Frames that are lost on their way to a sink of the caller's, and from the source. nil: none.
  public var loss: FrameLoss?

  /// No fault.
  public init() {}

  /// Whether completions are not as they should be.
  var concernsCompletions: Bool {
    var faults = self
    faults.closedFromSubchannel = nil
    faults.loss = nil
    return faults != HostFaults()
  }
}
