package import SharedMemory

/// Who runs a host's work.
public enum HostExecution: Sendable {
  /// Nobody but the guest: its threads step the host when they wait for it.
  case inline
  /// Threads of the host's own, one for each open channel.
  case threads
}

/// The versions of the NVSP protocol, by their numbers on the wire. There is no version 3.
public enum HostProtocolVersion: UInt32, Sendable, CaseIterable {
  /// Set-up, buffers, and frames.
  case version1 = 0x0000_0002
  /// And tags beside frames, and the size of frames.
  case version2 = 0x0003_0002
  /// And switching between two data paths, which nobody here does.
  case version4 = 0x0004_0000
  /// And sub-channels, with the table of which flow goes where.
  case version5 = 0x0005_0000
  /// Nothing that is used here.
  case version6 = 0x0006_0000
  /// And longer control messages and completions.
  case version61 = 0x0006_0001
}

/// Work on frames that a host offers to do for its guest. That tags may come beside their frames is part of the protocol,
/// from version 2 on.
public struct HostOffloads: OptionSet, Sendable {
  /// One bit for each kind of work.
  public let rawValue: UInt8
  /// The kinds whose bits are set.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Filling checksums.
  public static let checksums = Self(rawValue: 1 << 0)
  /// Cutting long TCP packets into segments.
  public static let largeSends = Self(rawValue: 1 << 1)
  /// All that there is.
  public static let all: Self = [.checksums, .largeSends]
}

/// What a host offers, and what it does with frames.
public struct HostConfiguration: Sendable {
  /// The most channels a guest can have: the limit of common guests.
  public static let channelLimit = 64

  /// The highest protocol version the host agrees to.
  public var highestProtocolVersion: HostProtocolVersion = .version61
  /// The most channels that can be open, the primary one included: 1 to `channelLimit`.
  public var maximumChannelCount = HostConfiguration.channelLimit
  /// Who runs the host's work.
  public var execution: HostExecution
  /// Where frames go.
  public var sink: HostSink
  /// Where the frames for the guest come from; nil: there are none.
  public var source: (any FrameSource)?
  /// The bytes of a send-buffer section, a multiple of 8. nil: 6144, as common hosts have it, or what one frame of the
  /// guest's MTU needs if that is more.
  public var sectionByteCount: Int?
  /// The most sub-channels that are granted however many are asked for; nil: as many as there may be.
  public var grantedSubchannelLimit: Int?
  /// The work on frames that is offered to the guest. What is not offered is done all the same where a frame asks for it.
  public var offloads: HostOffloads = .all
  /// Whether the guest may lend its process's own memory, which is this process's, beside what it allocated and
  /// registered. Off by default: such a guest names addresses, and a wrong one ends the process. Never on for guests in
  /// other processes.
  public var readsPrivateMemory = false
  /// What is done wrong on purpose.
  public var faults = HostFaults()
  /// Wall-clock nanoseconds since 1970, for sinks that stamp frames.
  public var wallClock: @Sendable () -> Int64 = { MonotonicClock.wallClockNanoseconds() }
  /// How both sides map their rings.
  package var ringMapping: RingMapping = .double

  /// A host with these, and everything else as common hosts have it.
  public init(execution: HostExecution = .threads, sink: HostSink = .null) {
    self.execution = execution
    self.sink = sink
  }
}
