internal import NetVSC
internal import PacketCapture
internal import SharedMemory
internal import WireFormats

/// Reads the captures, one after the other and as often as asked, and deals their frames out to lanes.
struct CaptureSource {
  /// Captures that take no more memory than this are read once and kept, in bytes.
  static let keptLimit = 256 << 20
  private let options: ReplayOptions
  private let lanes: LanePlan
  private let pool: ChunkPool
  private let terms: FrameTerms
  /// The table of the start: a flow keeps its order as long as its table stays.
  private let flowSteering: FlowSteering
  private let control: ReplayControl
  private let limit: ReadingLimit
  private let keptLimit: Int
  /// One for each capture; of the first pass.
  private(set) var accounts: [CaptureAccount]
  private let inspected: [InspectedCapture]
  /// Why reading ended early, by no fault of a capture.
  private(set) var failure: RunFailure?
  /// Whether there were frames that the host could have cut into segments and does not.
  private(set) var hasUncutFrames = false

  init(
    _ options: ReplayOptions, _ inspected: [InspectedCapture], lanes: LanePlan, device: Device, control: ReplayControl,
    limit: ReadingLimit, keptLimit: Int
  ) {
    self.options = options
    self.keptLimit = keptLimit
    self.inspected = inspected
    accounts = inspected.map(\.account)
    self.lanes = lanes
    pool = ChunkPool(laneCount: lanes.count, device: options.copy == .always ? nil : device)
    terms = FrameTerms(options, on: device)
    flowSteering = device.flowSteering
    self.control = control
    self.limit = limit
  }

  /// Feeds the lanes until all passes are done, the limit is reached, or the feed is cancelled. `whileWaiting` is called
  /// now and then while a pipe gives nothing.
  mutating func run(into feed: ChunkFeed, whileWaiting: () -> Void) {
    var pass: UInt64 = 0
    var offered: UInt64 = 0
    while options.loopCount == 0 || pass < options.loopCount {
      guard
        let summary = readPass(first: pass == 0, offeredBefore: offered, into: feed, whileWaiting: whileWaiting)
      else { return }
      offered += summary.packetCount
      if pass == 0 { tellExpectation(packetsPerPass: summary.packetCount) }
      let reachedLimit = options.packetLimit.map { offered >= $0 } ?? false
      guard summary.packetCount > 0, !summary.isLast, !reachedLimit else { break }
      if let kept = summary.kept {
        _ = feed.put(.again(kept, summary.marks.extent))
        return
      }
      guard feed.put(.endOfPass(summary.marks.extent)) else { return }
      pass += 1
    }
    _ = feed.put(.end)
  }

  private func tellExpectation(packetsPerPass: UInt64) {
    let all = options.loopCount == 0 ? nil : packetsPerPass.multipliedReportingOverflow(by: options.loopCount)
    let looped = all.flatMap { $0.overflow ? nil : $0.partialValue }
    switch (looped, options.packetLimit) {
    case (let looped?, let limit?): control.expect(packets: min(looped, limit))
    case (let count?, nil), (nil, let count?): control.expect(packets: count)
    case (nil, nil): break
    }
  }

  private struct PassSummary {
    var packetCount: UInt64 = 0
    var marks: PaceMarks
    /// Every chunk of the pass; nil when they take too much memory to be kept.
    var kept: [CaptureChunk]? = []
    /// Whether a capture gave other packets than in the first pass, so that there is nothing to repeat.
    var isLast = false
  }

  /// Reads all captures once. Returns nil when the feed was cancelled, or is because there is no memory.
  private mutating func readPass(
    first: Bool, offeredBefore: UInt64, into feed: ChunkFeed, whileWaiting: () -> Void
  ) -> PassSummary? {
    var summary = PassSummary(marks: PaceMarks(options.pace))
    // What is sent once need not be kept, and what did not fit the first time will not fit now.
    if options.loopCount == 1 || !first { summary.kept = nil }
    var keptByteCount = 0
    var capacity = CaptureChunk.capacity
    guard var builder = makeBuilder(of: capacity, forFrameOf: 0, feed) else { return nil }
    var isCancelled = false

    func hand(over chunk: CaptureChunk) {
      keptByteCount += chunk.byteCount
      if keptByteCount > keptLimit { summary.kept = nil } else { summary.kept?.append(chunk) }
      if !feed.put(.chunk(chunk)) { isCancelled = true }
    }

    /// Hands over what there is while the reader waits for more, so that a live capture leaves as it comes.
    func handOverPart() {
      whileWaiting()
      guard !isCancelled, !builder.isEmpty else { return }
      capacity = CaptureChunk.leastCapacity
      guard var part = makeBuilder(of: capacity, forFrameOf: 0, feed) else {
        isCancelled = true
        return
      }
      swap(&builder, &part)
      hand(over: part.finish())
    }

    let room = options.packetLimit.map { $0 - min($0, offeredBefore) }
    for index in accounts.indices where !isCancelled {
      if !first, !inspected[index].canBeReadAgain {
        accounts[index].refuseAgain()
        summary.isLast = true
        break
      }
      summary.marks.beginCapture()
      var account = CaptureAccount(path: accounts[index].path, linkType: accounts[index].linkType)
      do throws(CaptureError) {
        var reader = try inspected[index].makeReader()
        defer { account.skipped += reader.skippedCount }
        while !isCancelled {
          // A pipe that has given enough need not end, nor go on.
          if let room, summary.packetCount >= room, !reader.canBeReadAgain {
            account.ended = .limit
            break
          }
          guard let packet = try reader.next(whileWaiting: handOverPart) else { break }
          if let room, summary.packetCount >= room {
            account.ended = .limit
            break
          }
          let frame = packet.bytes
          let lane = lanes.lane(for: frame, ordinal: summary.packetCount, flowSteering)
          if !builder.hasRoom(for: frame.byteCount, lane: lane) {
            capacity = min(2 * capacity, CaptureChunk.capacity)
            guard var full = makeBuilder(of: capacity, forFrameOf: frame.byteCount, feed) else { return nil }
            swap(&builder, &full)
            hand(over: full.finish())
          }
          account.packets += 1
          account.bytes += UInt64(frame.byteCount)
          if packet.isTruncated { account.truncated += 1 }
          let treatment = FrameTreatment(frame, isWhole: !packet.isTruncated, terms)
          if treatment.isUncut { hasUncutFrames = true }
          builder.append(
            frame, treatment, lane: lane, ordinal: summary.packetCount,
            mark: summary.marks.next(byteCount: frame.byteCount, timestamp: packet.timestamp),
            digests: options.sink == .verify)
          summary.packetCount += 1
        }
        if isCancelled { account.ended = limit.end }
      } catch {
        account.end(with: error, at: limit)
        if case .stopped = error {
          feed.cancel()
          isCancelled = true
        }
      }
      if first {
        accounts[index] = account
      } else if !isCancelled, account.ended != .limit, account.differs(from: accounts[index]) {
        accounts[index].change(to: account)
        summary.isLast = true
        break
      }
    }
    if !isCancelled, !builder.isEmpty { hand(over: builder.finish()) }
    return isCancelled ? nil : summary
  }

  private mutating func makeBuilder(of capacity: Int, forFrameOf byteCount: Int, _ feed: ChunkFeed) -> ChunkBuilder? {
    do {
      return try ChunkBuilder(capacity: capacity, laneCount: lanes.count, forFrameOf: byteCount, from: pool)
    } catch {
      failure = .internalFault("there is no memory to read captures into: \(error)")
      feed.cancel()
      return nil
    }
  }
}
