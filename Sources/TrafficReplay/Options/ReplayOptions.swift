package import NetVSC
package import PacketCapture

/// How a packet finds its queue.
package enum Steering: String, Sendable, CaseIterable {
  /// By the hash of its flow and the host's indirection table: a flow keeps its order.
  case flow
  /// By the processor that its sender runs on.
  case cpu
  /// To each queue in turn: flows are spread, and lose their order.
  case roundRobin = "round-robin"
}

/// Who runs the host's side of the rings.
package enum HostMode: String, Sendable, CaseIterable {
  /// Each queue's sender, in turn with sending: nothing travels between cores.
  case inline
  /// Threads of its own, as a real host has.
  case threads
}

/// Which frames are copied into the send buffer; the others are sent from where they lie.
package enum CopyChoice: String, Sendable, CaseIterable {
  /// Short ones.
  case auto
  case always
  case never
}

/// What a replay is asked to do.
package struct ReplayOptions: Sendable, Equatable {
  /// The numbers of queues that can be opened.
  package static let queueCounts = 1...64
  /// The numbers of senders that a queue can have.
  package static let senderCounts = 1...64
  /// The frame sizes, in bytes, that the device can be opened with.
  package static let frameLimits = 1514...9216
  /// The sizes of segments, in bytes of payload, that can be asked for.
  package static let segmentByteCounts = 64...9162

  /// The captures, sent one after the other unless they are merged.
  package var capturePaths: [String]
  /// The number of sub-channels.
  package var queueCount: Int
  /// The number of senders that share each of them, each on a thread of its own.
  package var sendersPerQueue: Int
  package var steering: Steering
  package var ringMode: RingMode
  package var hostMode: HostMode
  /// The largest frame the device takes, in bytes.
  package var frameLimit: Int
  package var copy: CopyChoice
  /// Whether an outermost 802.1Q tag travels beside its frame.
  package var vlanOffload: Bool
  /// The payload of each segment, in bytes, where TCP frames above the frame limit go by large sends; nil: as much as fits.
  package var segmentByteCount: Int?
  /// How often the captures are sent; 0 repeats them until something else ends the run.
  package var loopCount: UInt64
  /// The most packets that are offered, over all loops.
  package var packetLimit: UInt64?
  /// The longest that packets are offered, in nanoseconds.
  package var duration: UInt64?
  /// What decides when a packet leaves.
  package var pace: Pace
  package var sink: SinkChoice
  /// How long completions are waited for after the last packet, in nanoseconds.
  package var drainTimeout: UInt64
  /// What the built-in host does wrong.
  package var faults: [HostFault]
  /// The addresses of the Ethernet header that packets of raw IP and of cooked captures get; nil: such are refused.
  package var ethernet: EthernetAddresses?
  /// Which packets of each capture are sent.
  package var selection: PacketSelection
  /// Whether frames that the capture cut are filled up with zeros to their length.
  package var padsTruncated: Bool
  /// What is made different in each further pass; nil: nothing.
  package var variation: Variation?
  /// Whether the captures are sent together, in the order of their time stamps, instead of one after the other.
  package var mergesCaptures: Bool
  /// Where a host in another process listens that the device is opened at; nil: the host is built in. Its sink is its own
  /// affair, and it has threads of its own.
  package var devicePath: String?
  /// How long a host that goes away is waited for, in nanoseconds; 0: it is given up at once.
  package var reconnectTimeout: UInt64

  /// The number of senders together: as many, at most, as there will be.
  package var senderCount: Int { queueCount * sendersPerQueue }

  package init(
    capturePaths: [String], queueCount: Int, sendersPerQueue: Int = 1, steering: Steering = .flow,
    ringMode: RingMode? = nil, hostMode: HostMode = .inline, frameLimit: Int = 9216, copy: CopyChoice = .auto,
    vlanOffload: Bool = false,
    segmentByteCount: Int? = nil, loopCount: UInt64 = 1, packetLimit: UInt64? = nil,
    duration: UInt64? = nil, pace: Pace = .topSpeed, sink: SinkChoice = .verify, drainTimeout: UInt64 = 5_000_000_000,
    faults: [HostFault] = [], ethernet: EthernetAddresses? = nil, selection: PacketSelection = .all,
    padsTruncated: Bool = false, variation: Variation? = nil, mergesCaptures: Bool = false,
    devicePath: String? = nil, reconnectTimeout: UInt64 = 0
  ) {
    precondition(Self.queueCounts.contains(queueCount), "from 1 to 64 queues can be opened")
    precondition(Self.senderCounts.contains(sendersPerQueue), "from 1 to 64 senders can share a queue")
    precondition(sendersPerQueue == 1 || ringMode != .exclusive, "an exclusive ring has one sender")
    precondition(Self.frameLimits.contains(frameLimit), "the device takes an MTU from 1514 to 9216 bytes")
    if let segmentByteCount {
      precondition(Self.segmentByteCounts.contains(segmentByteCount), "segments have from 64 to 9162 bytes")
    }
    self.capturePaths = capturePaths
    self.queueCount = queueCount
    self.sendersPerQueue = sendersPerQueue
    self.steering = steering
    self.ringMode = ringMode ?? (sendersPerQueue == 1 ? .exclusive : .cooperative)
    self.hostMode = hostMode
    self.frameLimit = frameLimit
    self.copy = copy
    self.vlanOffload = vlanOffload
    self.segmentByteCount = segmentByteCount
    self.loopCount = loopCount
    self.packetLimit = packetLimit
    self.duration = duration
    self.pace = pace
    self.sink = sink
    self.drainTimeout = drainTimeout
    self.faults = faults
    self.ethernet = ethernet
    self.selection = selection
    self.padsTruncated = padsTruncated
    self.variation = variation
    self.mergesCaptures = mergesCaptures
    self.devicePath = devicePath
    self.reconnectTimeout = reconnectTimeout
  }

  /// How long the host may complete nothing while there is no room to send, in nanoseconds: as long as it is waited for
  /// at the end. Who does not wait for it at the end still bears with a pause before.
  package var stallTimeout: UInt64 { max(drainTimeout, Self.shortestStall) }
  private static let shortestStall: UInt64 = 1_000_000_000
}
