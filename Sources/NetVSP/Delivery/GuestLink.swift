internal import SharedMemory
internal import Synchronization
internal import WireFormats

/// What a guest listens to, and where its frames go: what the control dialogue sets, and deliveries go by.
struct ListeningTerms: Sendable {
  let buffer: SharedBytes
  let subAllocationByteCount: UInt32
  /// The longest frame.
  let frameByteCount: Int
  let address: EthernetAddress
  /// Counts the guests, so that nothing is given back to another one's pool.
  let generation: UInt64
  var filter: PacketFilter = []
  var scaling: ReceiveScaling?

  /// Whether the guest listens to frames to `destination`.
  func listens(to destination: EthernetAddress) -> Bool {
    if filter.contains(.promiscuous) { return true }
    if destination == .broadcast { return filter.contains(.broadcast) }
    if destination.isMulticast { return !filter.isDisjoint(with: [.multicast, .allMulticast]) }
    return filter.contains(.directed) && destination == address
  }
}

/// How frames are spread over the channels of a guest, as it asked for.
struct ReceiveScaling: Sendable {
  private let hash: ToeplitzHash
  private let table: [UInt32]

  /// nil where the parameters say that all frames go to the primary channel, or leave open where they go.
  init?(_ parameters: NDISReceiveScaleParameters) {
    guard !parameters.flags.contains(.disabled), let key = parameters.key, !parameters.indirectionTable.isEmpty else {
      return nil
    }
    hash = ToeplitzHash(key: key)
    table = parameters.indirectionTable
  }

  /// The channel for a frame. Frames without a flow go to the primary one.
  func channel(for frame: RawSpan) -> Int {
    guard let flow = FlowTuple(parsing: frame) else { return 0 }
    return Int(table[Int(hash.hash(of: flow)) % table.count])
  }
}

/// The receiving side of the guest that has the device open; shared by its channels and whoever delivers.
///
/// Nobody holds the lock while it waits for a channel.
final class GuestLink: Sendable {
  private struct State: ~Copyable {
    var terms: ListeningTerms?
    var pool: ReceivePool?
    var generation: UInt64 = 0
    /// Whether somebody waits for a sub-allocation.
    var isAwaited = false
  }
  private let state = Mutex(State())
  /// Rung when there are sub-allocations again.
  private let room: Doorbell

  init() throws(SystemError) { room = try Doorbell() }

  var terms: ListeningTerms? { state.withLock { $0.terms } }

  /// A guest's set-up is over. It hears nothing until it sets its filter. Returns its number, which no other has.
  func open(
    _ buffer: SharedBytes, _ section: ReceiveBufferSection, replyCount: UInt32, frameByteCount: Int,
    address: EthernetAddress
  ) -> UInt64 {
    state.withLock { state in
      state.generation += 1
      state.terms = ListeningTerms(
        buffer: buffer, subAllocationByteCount: section.subAllocationByteCount, frameByteCount: frameByteCount,
        address: address, generation: state.generation)
      state.pool = ReceivePool(subAllocationCount: section.subAllocationCount, replyCount: replyCount)
      return state.generation
    }
  }

  /// The guest is gone.
  func close() {
    state.withLock { state in
      state.terms = nil
      state.pool = nil
    }
  }

  func set(filter: PacketFilter) { state.withLock { $0.terms?.filter = filter } }
  func set(scaling: ReceiveScaling?) { state.withLock { $0.terms?.scaling = scaling } }

  /// Takes free sub-allocations, as many as `list` has room for. With none, the next that is free rings.
  func takeRoom(_ count: Int, of generation: UInt64, into list: inout PrivateList<UInt32>) {
    state.withLock { state in
      guard state.generation == generation else { return }
      while list.count < count, let index = state.pool?.take() { list.append(index) }
      state.isAwaited = list.count == 0
    }
  }

  /// Gives back what was not noted as sent.
  func giveBack(_ index: UInt32, of generation: UInt64) {
    state.withLock { state in
      if state.generation == generation { state.pool?.give(back: index) }
    }
  }

  /// These are about to be sent in one packet.
  func note(_ packet: Span<UInt32>, sentOn channel: Int, of generation: UInt64) {
    state.withLock { state in
      if state.generation == generation { state.pool?.note(packet, sentOn: channel) }
    }
  }

  /// A packet that was noted waits for room, and nobody but the host has it until then. Returns false where a guest that
  /// breaks the rules acknowledged it meanwhile, or its channel was closed.
  func reclaim(_ transactionID: UInt64, sentOn channel: Int, of generation: UInt64) -> Bool {
    state.withLock { state in
      guard state.generation == generation, state.pool?.reclaim(transactionID, of: channel) == true else {
        return false
      }
      state.isAwaited = true
      return true
    }
  }

  /// A packet that was noted could not be sent. Its sub-allocations may be free already: its channel was closed meanwhile,
  /// or a guest that breaks the rules acknowledged what it did not have yet.
  func takeBack(_ transactionID: UInt64, sentOn channel: Int, of generation: UInt64) {
    state.withLock { state in
      if state.generation == generation { _ = state.pool?.acknowledge(transactionID, on: channel) }
    }
  }

  /// The guest of a channel is done with a packet. Returns false where it has none with that id.
  func acknowledge(_ transactionID: UInt64, on channel: Int) -> Bool {
    let (isKnown, isAwaited) = state.withLock { state in
      let isKnown = state.pool?.acknowledge(transactionID, on: channel) == true
      defer { if isKnown { state.isAwaited = false } }
      return (isKnown, isKnown && state.isAwaited)
    }
    if isAwaited { room.ring() }
    return isKnown
  }

  /// A channel is closed: its guest reads nothing any more.
  func release(channel: Int) { state.withLock { $0.pool?.releaseAll(of: channel) } }

  /// Waits until there are sub-allocations again.
  func waitForRoom(timeout: UInt64) { room.wait(timeout: timeout) }
}
