internal import NetVSC
internal import SharedMemory
internal import WireFormats

/// Which lane sends a frame: each lane is one sender of one queue, on a thread of its own.
struct LanePlan: Sendable {
  /// How many frames in a row go to one processor's lane.
  static let dealtTogether: UInt64 = 32

  private let steering: Steering
  private let queueCount: Int
  private let sendersPerQueue: Int

  /// For a device with `queueCount` queues. With `cpu` steering there is a queue used for each processor, that of its
  /// number.
  init(_ options: ReplayOptions, queueCount: Int) {
    steering = options.steering
    self.queueCount = steering == .cpu ? min(Processors.count, queueCount) : queueCount
    sendersPerQueue = options.sendersPerQueue
  }

  /// How many lanes there are.
  var count: Int { queueCount * sendersPerQueue }

  /// The queue of a lane, and the number of its sender there.
  func place(of lane: Int) -> (queue: Int, number: Int) {
    (lane / sendersPerQueue, lane % sendersPerQueue)
  }

  /// The processor that a lane keeps to; nil where the system chooses.
  func processor(of lane: Int) -> Int? { steering == .cpu ? place(of: lane).queue : nil }

  /// The lane for the frame that is number `ordinal` of a pass.
  func lane(for frame: RawSpan, ordinal: UInt64, _ flows: FlowSteering) -> Int {
    switch steering {
    case .flow:
      let hash = flows.flowHash(of: frame)
      // The table is looked up by the lowest bits: the others share a queue's flows out among its senders.
      return lane(
        ofQueue: flows.queue(forFlowHash: hash), sender: UInt64(hash) / UInt64(SendIndirectionTable.entryCount))
    case .cpu:
      let turn = ordinal / Self.dealtTogether
      return lane(ofQueue: Int(turn % UInt64(queueCount)), sender: turn / UInt64(queueCount))
    case .roundRobin:
      return lane(ofQueue: Int(ordinal % UInt64(queueCount)), sender: ordinal / UInt64(queueCount))
    }
  }

  private func lane(ofQueue queue: Int, sender: UInt64) -> Int {
    queue * sendersPerQueue + Int(sender % UInt64(sendersPerQueue))
  }
}
