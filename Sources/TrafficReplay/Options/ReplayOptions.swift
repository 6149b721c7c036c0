package import NetVSC

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

/// What a replay is asked to do.
package struct ReplayOptions: Sendable, Equatable {
  /// The numbers of queues that can be opened.
  package static let queueCounts = 1...64
  /// The frame sizes, in bytes, that the device can be opened with.
  package static let frameLimits = 1514...9216

  /// The captures, sent one after the other.
  package var capturePaths: [String]
  /// The number of sub-channels.
  package var queueCount: Int
  package var steering: Steering
  package var ringMode: RingMode
  package var hostMode: HostMode
  /// The largest frame the device takes, in bytes.
  package var frameLimit: Int
  /// How often the captures are sent; 0 repeats them until something else ends the run.
  package var loopCount: UInt64
  /// The most packets that are offered, over all loops.
  package var packetLimit: UInt64?
  /// The longest that packets are offered, in nanoseconds.
  package var duration: UInt64?
  package var sink: SinkChoice
  /// How long completions are waited for after the last packet, in nanoseconds.
  package var drainTimeout: UInt64

  package init(
    capturePaths: [String], queueCount: Int, steering: Steering = .flow, ringMode: RingMode = .exclusive,
    hostMode: HostMode = .inline, frameLimit: Int = 9216, loopCount: UInt64 = 1, packetLimit: UInt64? = nil,
    duration: UInt64? = nil, sink: SinkChoice = .verify, drainTimeout: UInt64 = 5_000_000_000
  ) {
    precondition(Self.queueCounts.contains(queueCount), "from 1 to 64 queues can be opened")
    precondition(Self.frameLimits.contains(frameLimit), "the device takes an MTU from 1514 to 9216 bytes")
    self.capturePaths = capturePaths
    self.queueCount = queueCount
    self.steering = steering
    self.ringMode = ringMode
    self.hostMode = hostMode
    self.frameLimit = frameLimit
    self.loopCount = loopCount
    self.packetLimit = packetLimit
    self.duration = duration
    self.sink = sink
    self.drainTimeout = drainTimeout
  }
}
