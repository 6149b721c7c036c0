internal import NetVSC

/// Deals frames out to the lanes that send them, chunk by chunk and pass by pass.
struct FrameDealer: ~Copyable {
  private let options: ReplayOptions
  private let lanes: LanePlan
  private let pool: ChunkPool
  private let terms: FrameTerms
  /// The table of the start: a flow keeps its order as long as its table stays.
  private let flowSteering: FlowSteering
  private let feed: ChunkFeed
  private let keptLimit: Int
  private var builder: ChunkBuilder?
  /// The room of the next chunk: little at first where packets come slowly.
  private var capacity: Int
  private var marks: PaceMarks
  /// The frames dealt out in this pass, and how many may be.
  private var packetCount: UInt64 = 0
  private var room = UInt64.max
  /// Every chunk of the pass; nil when they are not wanted again, or take too much memory to be kept.
  private var kept: [CaptureChunk]?
  private var keptByteCount = 0
  /// Whether nothing more can be dealt out.
  private(set) var isCancelled = false
  /// Why, where that is a fault.
  private(set) var failure: RunFailure?
  /// Whether there were frames that the host could have cut into segments and does not.
  private(set) var hasUncutFrames = false

  /// What a pass came to.
  struct Pass {
    let extent: PassExtent
    let kept: [CaptureChunk]?
  }

  init(_ options: ReplayOptions, lanes: LanePlan, device: Device, feed: ChunkFeed, keptLimit: Int) {
    self.options = options
    self.lanes = lanes
    pool = ChunkPool(laneCount: lanes.count, device: options.copy == .always ? nil : device)
    self.feed = feed
    self.keptLimit = keptLimit
    terms = FrameTerms(options, on: device)
    flowSteering = device.flowSteering
    marks = PaceMarks(options.pace)
    capacity = CaptureChunk.capacity(laneCount: lanes.count)
  }

  /// Begins a pass of `room` frames at most, whose chunks are kept if they are to be sent again.
  mutating func beginPass(room: UInt64, keeps: Bool) {
    self.room = room
    packetCount = 0
    marks = PaceMarks(options.pace)
    kept = keeps ? [] : nil
    keptByteCount = 0
  }

  /// Begins a capture, whose time goes on behind that of the one before.
  mutating func beginCapture() { marks.beginCapture() }

  /// Whether the pass takes another frame.
  var wantsMore: Bool { packetCount < room && !isCancelled }

  /// Deals out a frame, which is whole unless the capture cut it.
  mutating func deal(_ frame: RawSpan, isWhole: Bool, timestamp: Int64) {
    let lane = lanes.lane(for: frame, ordinal: packetCount, flowSteering)
    guard makeRoom(for: frame.byteCount, lane: lane) else { return }
    let treatment = FrameTreatment(frame, isWhole: isWhole, terms)
    if treatment.isUncut { hasUncutFrames = true }
    builder?.append(
      frame, treatment, lane: lane, ordinal: packetCount,
      mark: marks.next(byteCount: frame.byteCount, timestamp: timestamp), digests: options.sink == .verify)
    packetCount += 1
  }

  /// Ends the pass. Returns nil when the run is to end as well.
  mutating func endPass() -> Pass? {
    handOver()
    return isCancelled ? nil : Pass(extent: marks.extent, kept: kept)
  }

  /// Gives the lanes what there is while the reader waits for more, so that a live capture leaves as it comes.
  mutating func handOverPart() {
    guard !isCancelled, builder != nil else { return }
    handOver()
    capacity = CaptureChunk.leastCapacity
  }

  /// Sees that a lane's part of the chunk takes so many bytes more. Returns false when there is no memory.
  private mutating func makeRoom(for byteCount: Int, lane: Int) -> Bool {
    if builder?.hasRoom(for: byteCount, lane: lane) ?? false { return true }
    if builder != nil {
      handOver()
      capacity = min(2 * capacity, CaptureChunk.capacity(laneCount: lanes.count))
    }
    do throws(DeviceError) {
      builder = try ChunkBuilder(capacity: capacity, laneCount: lanes.count, forFrameOf: byteCount, from: pool)
      return true
    } catch {
      failure = .internalFault("there is no memory to read captures into: \(error)")
      isCancelled = true
      feed.cancel()
      return false
    }
  }

  /// Gives the chunk to the lanes.
  private mutating func handOver() {
    guard let chunk = builder.take()?.finish() else { return }
    keptByteCount += chunk.byteCount
    if keptByteCount > keptLimit { kept = nil } else { kept?.append(chunk) }
    if !feed.put(.chunk(chunk)) { isCancelled = true }
  }
}
