internal import WireFormats

/// Which queue a frame goes to, so that the frames of one flow stay in order: the Toeplitz hash of its addresses and
/// ports, the host's table of sixteen entries, and the queue found there.
///
/// Fragments and other frames without ports are hashed by their addresses; frames that are not IP all go to one queue.
public struct FlowSteering: Sendable {
  private let hash: ToeplitzHash
  /// Queue numbers, below the number of queues.
  private let table: [Int]

  /// `table` is what the host sent; without it the entries count around.
  init(table: SendIndirectionTable?, queueCount: Int) {
    hash = ToeplitzHash(key: .linux)
    // The host's entries are reduced, so that a table for more channels than opened does no harm.
    self.table = (0..<SendIndirectionTable.entryCount).map { entry in
      table.map { Int($0.entries[entry]) % queueCount } ?? entry % queueCount
    }
  }

  /// For whoever has no device, and one queue.
  package init() { self.init(table: nil, queueCount: 1) }

  /// The receive-side-scaling hash of an Ethernet frame; 0 where it is not IP.
  public func flowHash(of frame: RawSpan) -> UInt32 {
    FlowTuple(parsing: frame).map { hash.hash(of: $0) } ?? 0
  }

  /// The queue for a flow's hash.
  @inline(__always)
  public func queue(forFlowHash hash: UInt32) -> Int { table[Int(hash) & (SendIndirectionTable.entryCount - 1)] }

  /// The queue for an Ethernet frame.
  public func queue(for frame: RawSpan) -> Int { queue(forFlowHash: flowHash(of: frame)) }
}
