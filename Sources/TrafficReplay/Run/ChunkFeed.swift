internal import SharedMemory
internal import Synchronization

/// What a lane gets next.
enum FeedItem: Sendable {
  case chunk(CaptureChunk)
  /// All captures were given once, and took so much together.
  case endOfPass(PassExtent)
  /// The chunks of the pass that was just given, to be sent again as often as is asked; the feed gives nothing more.
  case again([CaptureChunk], PassExtent)
  /// There is nothing more.
  case end
}

/// Hands chunks from the one that reads the captures to the lanes that send them, each lane at its own pace.
///
/// The reader runs ahead of the slowest lane by a few chunks and no more, so the memory stays the same however large the
/// captures are. Nothing here is touched per packet.
final class ChunkFeed: Sendable {
  /// How many chunks the reader may be ahead of the slowest lane.
  private static let lookahead = 4
  /// A wait ends after that many nanoseconds at the latest, to see whether the run is to stop.
  private static let longestWait: UInt64 = 100_000_000

  private struct State {
    /// The items that a lane has yet to take, and the number of the first one.
    var items: [FeedItem] = []
    var first = 0
    /// The number of the next item of each lane.
    var next: [Int]
    var isCancelled = false
  }
  private let state: Mutex<State>
  private let laneBells: [Doorbell]
  private let readerBell: Doorbell

  init(laneCount: Int) throws(SystemError) {
    state = Mutex(State(next: Array(repeating: 0, count: laneCount)))
    var bells: [Doorbell] = []
    for _ in 0..<laneCount { bells.append(try Doorbell()) }
    laneBells = bells
    readerBell = try Doorbell()
  }

  /// Adds an item, once the slowest lane is near enough. Returns false when the feed was cancelled.
  func put(_ item: FeedItem) -> Bool {
    while true {
      let done: Bool? = state.withLock { state in
        if state.isCancelled { return false }
        guard state.items.count < Self.lookahead else { return nil }
        state.items.append(item)
        return true
      }
      if let done {
        if done { for bell in laneBells { bell.ring() } }
        return done
      }
      readerBell.wait(timeout: Self.longestWait)
    }
  }

  /// The lane's next item; `end` when the feed was cancelled.
  func take(lane: Int) -> FeedItem {
    while true {
      if let item = takeAtOnce(lane: lane) { return item }
      laneBells[lane].wait(timeout: Self.longestWait)
    }
  }

  /// The lane's next item, if it is there; `end` when the feed was cancelled.
  func takeAtOnce(lane: Int) -> FeedItem? {
    let item: FeedItem? = state.withLock { state in
      if state.isCancelled { return .end }
      let index = state.next[lane] - state.first
      guard index < state.items.count else { return nil }
      let item = state.items[index]
      state.next[lane] += 1
      let slowest = state.next.min() ?? 0
      state.items.removeFirst(slowest - state.first)
      state.first = slowest
      return item
    }
    if item != nil { readerBell.ring() }
    return item
  }

  /// Whether nothing more is to be sent.
  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Lets the reader and all lanes go: nothing more is to be sent.
  func cancel() {
    state.withLock { $0.isCancelled = true }
    readerBell.ring()
    for bell in laneBells { bell.ring() }
  }
}
