internal import NetVSC
internal import SharedMemory

/// One sender at work: it takes its frames from the feed, sends them in bursts, polls, and drains at the end.
struct SendingLane: ~Copyable {
  /// How many frames are sent between two looks at completions, the clock and the stop flag.
  private static let burst = 128
  /// How long it waits for the host at once, in nanoseconds, while it cannot send.
  static let longestWait: UInt64 = 10_000_000
  /// How long it waits for completions at once, in nanoseconds, while the feed may give more.
  private static let feedWait: UInt64 = 1_000_000

  var sender: Sender
  private let index: Int
  private let feed: ChunkFeed
  let options: ReplayOptions
  private let control: ReplayControl
  private let stop: RunStop
  let clock: MonotonicClock
  private let start: UInt64
  let sharedSchedule: SharedSchedule
  let sleep: @Sendable (UInt64) -> Void
  /// Whether there are more threads that spin than processors, so that they must make way for one another.
  let isCrowded: Bool
  /// Frames from this number on (over all loops) are beyond the limit.
  private let limit: UInt64
  private var digest: UInt64 = 0
  var firstOffer: UInt64?
  private var failure: RunFailure?
  /// When frames leave: nil at top speed, and until the lane has frames.
  var schedule: Schedule?
  /// What the passes took that were before.
  var passStart = PassExtent.zero
  var departures = DepartureLog()
  /// What comes back when its host goes away; nil: nothing.
  private let reconnection: Reconnection?
  /// How often it came back, as far as this lane knows.
  private var generation: Int
  /// What senders did whose host went away.
  private var past: [SenderAccount] = []
  var pastCounters = QueueCounters()
  /// How long there has been no room and no completion, in nanoseconds; 0 while there is room. At the end the host is
  /// waited for so much less.
  private var stalledTime: UInt64 = 0

  init(
    _ sender: consuming Sender, generation: Int, index: Int, feed: ChunkFeed, options: ReplayOptions,
    control: ReplayControl,
    stop: RunStop, clock: MonotonicClock, start: UInt64, schedule: SharedSchedule, reconnection: Reconnection?,
    sleep: @escaping @Sendable (UInt64) -> Void
  ) {
    self.reconnection = reconnection
    self.generation = generation
    self.sender = sender
    self.index = index
    self.feed = feed
    self.options = options
    self.control = control
    self.stop = stop
    self.clock = clock
    self.start = start
    sharedSchedule = schedule
    self.sleep = sleep
    isCrowded = control.senders.count * (options.hostMode == .threads ? 2 : 1) > Processors.count
    limit = options.packetLimit ?? .max
  }

  /// Runs the lane of that number on the calling thread.
  static func run(
    _ lane: Int, of lanes: LanePlan, on device: Device, feed: ChunkFeed, options: ReplayOptions, control: ReplayControl,
    stop: RunStop, clock: MonotonicClock, start: UInt64, schedule: SharedSchedule, reconnection: Reconnection?,
    sleep: @escaping @Sendable (UInt64) -> Void
  ) -> LaneOutcome {
    let (queue, number) = lanes.place(of: lane)
    if let processor = lanes.processor(of: lane) { Processors.bindCallingThread(to: processor) }
    do throws(DeviceError) {
      var generation = 0
      let sender = try makeSender(queue, number, of: device, reconnection, &generation) {
        stop.isRequested || control.stopRequested
      }
      return SendingLane(
        sender, generation: generation, index: lane, feed: feed, options: options,
        control: control, stop: stop, clock: clock, start: start, schedule: schedule, reconnection: reconnection,
        sleep: sleep
      ).run()
    } catch {
      stop.request()
      feed.cancel()
      return LaneOutcome(
        queue: queue, accounts: [], digest: 0, firstOffer: nil, departures: DepartureLog(),
        failure: .internalFault("\(error)"))
    }
  }

  /// Sends until there is nothing more to send or the run is to stop; then drains.
  private consuming func run() -> LaneOutcome {
    do throws(SenderError) {
      try sendAll()
      try drain()
    } catch {
      failure = .hostWentAway("\(error)")
      stop.request()
      feed.cancel()
      takeLastCompletions()
    }
    settleDepartures()
    publishProgress()
    let (queue, digest, firstOffer, failure) = (sender.queueIndex, digest, firstOffer, failure)
    let (departures, past) = (departures, past)
    return LaneOutcome(
      queue: queue, accounts: past + [sender.finish()], digest: digest, firstOffer: firstOffer,
      departures: departures, failure: failure)
  }

  /// Waits for the last completions. Where the host goes away meanwhile and may come back, what is left is lost, and the
  /// other lanes go on.
  private mutating func drain() throws(SenderError) {
    do throws(SenderError) {
      let isDrained = try sender.drain(timeout: options.drainTimeout - min(options.drainTimeout, stalledTime))
      if !isDrained { stop.request() }
    } catch .rescinded where reconnection != nil {
      takeLastCompletions()
    }
  }

  /// A sender of a device that may have been opened anew since it was handed out, or be so now.
  private static func makeSender(
    _ queue: Int, _ number: Int, of device: Device, _ reconnection: Reconnection?, _ generation: inout Int,
    giveUp: () -> Bool
  ) throws(DeviceError) -> Sender {
    var device = device
    while true {
      do throws(DeviceError) {
        return try device.makeSender(queue: queue, number: number)
      } catch .closing {
        guard let next = reconnection?.device(after: &generation, giveUp: giveUp) else { throw .closing }
        device = next
      }
    }
  }

  /// Takes what a host completed before it went away.
  private mutating func takeLastCompletions() {
    var seen: UInt64
    repeat {
      seen = sender.counters.completions
      // It throws again, after it has taken what there was.
      _ = try? sender.poll()
    } while sender.counters.completions > seen
  }

  /// The host went away: waits until it is back, and goes on with a sender of the device as it is then. Throws `error`
  /// where it does not come back.
  private mutating func resume(after error: SenderError) throws(SenderError) {
    guard let reconnection, case .rescinded = error else { throw error }
    takeLastCompletions()
    let (stop, control, clock, start, duration) = (stop, control, clock, start, options.duration ?? .max)
    let giveUp = { stop.isRequested || control.stopRequested || clock.now() &- start >= duration }
    guard let device = reconnection.device(after: &generation, giveUp: giveUp) else { throw error }
    do throws(DeviceError) {
      var fresh = try Self.makeSender(
        sender.queueIndex, sender.number, of: device, reconnection, &generation, giveUp: giveUp)
      swap(&sender, &fresh)
      past.append(fresh.finish())
    } catch .queueTaken {
      throw .rescinded("the host came back with fewer queues")
    } catch {
      throw .rescinded("\(error)")
    }
    pastCounters += past[past.count - 1].counters
    stalledTime = 0
  }

  // MARK: Frames

  private mutating func sendAll() throws(SenderError) {
    while true {
      switch try nextItem() {
      case .chunk(let chunk):
        guard try send(chunk) else { return feed.cancel() }
      case .endOfPass(let extent):
        passStart += extent
      case .again(let chunks, let extent):
        return try sendAgain(chunks, extent)
      case .end:
        return
      }
    }
  }

  /// What the feed gives next. Until it does, completions are taken as they come: a live capture may pause for long.
  private mutating func nextItem() throws(SenderError) -> FeedItem {
    while sender.inFlightCount > 0 {
      if let item = feed.takeAtOnce(lane: index) { return item }
      do throws(SenderError) {
        try sender.wait(timeout: Self.feedWait)
        guard try turn() else {
          feed.cancel()
          return .end
        }
      } catch {
        try resume(after: error)
      }
    }
    return feed.take(lane: index)
  }

  private mutating func sendAgain(_ chunks: [CaptureChunk], _ extent: PassExtent) throws(SenderError) {
    guard chunks.contains(where: { !$0.frames(ofLane: index).ranges.isEmpty }) else { return }
    passStart = extent
    var pass: UInt64 = 1
    while (options.loopCount == 0 || pass < options.loopCount) && passStart.packetCount < limit {
      pass += 1
      for chunk in chunks {
        guard try send(chunk) else { return feed.cancel() }
      }
      passStart += extent
    }
  }

  /// Sends the chunk's frames of this lane that are below the limit. Returns false when the run is to stop.
  private mutating func send(_ chunk: CaptureChunk) throws(SenderError) -> Bool {
    let frames = chunk.frames(ofLane: index)
    if firstOffer == nil, !frames.ranges.isEmpty { begin() }
    let count = frames.count(below: limit - min(limit, passStart.packetCount))
    var offloads = frames.offloads[...]
    var next = 0
    while next < count {
      let (first, offered) = (next, sender.counters.offered.packets)
      do throws(SenderError) {
        guard try sendBurst(of: frames, &next, below: count, &offloads, from: chunk.memory) else { return false }
      } catch {
        // What was offered is lost, as far as it did not come back; the next frame is the one behind it.
        next = first + Int(sender.counters.offered.packets - offered)
        offloads = offloads.drop { $0.index < next }
        try resume(after: error)
      }
    }
    return true
  }

  /// Sends some frames from `next` on, and moves that behind them. Returns false when the run is to stop.
  private mutating func sendBurst(
    of frames: LaneFrames, _ next: inout Int, below count: Int,
    _ offloads: inout ArraySlice<(index: Int, offload: FrameOffload)>,
    from memory: ChunkMemory
  ) throws(SenderError) -> Bool {
    var end = min(next + Self.burst, count)
    if let schedule {
      guard let burstEnd = try waitForDeparture(of: frames, next..<end, schedule) else { return false }
      end = burstEnd
    }
    if let special = offloads.first, special.index == next {
      end = next + 1
      if try send(frames, next, special.offload, from: memory) {
        offloads.removeFirst()
        next = end
      }
    } else {
      end = min(end, offloads.first?.index ?? end)
      next += try send(frames, next..<end, from: memory)
    }
    guard try turn() else { return false }
    if next < end { return try waitForRoom() }
    return true
  }

  /// Sends frames as they are. Returns how many were dealt with.
  private mutating func send(_ frames: LaneFrames, _ range: Range<Int>, from memory: ChunkMemory) throws(SenderError)
    -> Int
  {
    let ranges = frames.ranges.span.extracting(range)
    let sent =
      switch memory {
      case .own(let bytes): try sender.send(ranges, in: bytes.span(0..<bytes.byteCount))
      case .device(let memory): try sender.send(ranges, of: memory)
      }
    if !frames.digests.isEmpty { digest &+= sum(of: frames, range.prefix(sent)) }
    if schedule != nil { noteDepartures(of: frames, range.prefix(sent)) }
    return sent
  }

  /// Sends a frame that the host has work on. Returns whether it was dealt with.
  private mutating func send(
    _ frames: LaneFrames, _ index: Int, _ offload: FrameOffload, from memory: ChunkMemory
  ) throws(SenderError) -> Bool {
    let range = frames.ranges[index]
    let outcome =
      switch memory {
      case .own(let bytes): try sender.send(bytes.span(range.bytes), offload: offload)
      case .device(let memory): try sender.send(range, of: memory, offload: offload)
      }
    if outcome == .taken {
      if !frames.digests.isEmpty { digest &+= frames.digests[index] }
      if schedule != nil { noteDeparture(of: index, in: frames) }
    }
    return outcome != .wouldBlock && outcome != .closing
  }

  /// The lengths of frames that the device carries as they are.
  var carriedByteCounts: ClosedRange<UInt32> {
    UInt32(Sender.minimumFrameByteCount)...UInt32(sender.maximumFrameByteCount)
  }

  /// The sum of the digests of those frames that the device carries: the others were refused.
  private func sum(of frames: LaneFrames, _ range: Range<Int>) -> UInt64 {
    let carried = carriedByteCounts
    return range.reduce(0) { sum, index in
      carried.contains(frames.ranges[index].byteCount) ? sum &+ frames.digests[index] : sum
    }
  }

  // MARK: Between bursts

  /// Publishes, lets a host without threads run, and takes completions. Returns false when the run is to stop.
  mutating func turn() throws(SenderError) -> Bool {
    try sender.flush()
    settleDepartures()
    if options.hostMode == .inline { try sender.wait(timeout: 0) }
    try sender.poll()
    publishProgress()
    if stop.isRequested || control.stopRequested { return false }
    guard let duration = options.duration else { return true }
    return clock.now() &- start < duration
  }

  /// Waits until the next frame would be taken. Returns false when the run is to stop.
  ///
  /// Only time that was spent waiting counts: a process that was stopped for a while has not been waiting.
  private mutating func waitForRoom() throws(SenderError) -> Bool {
    stalledTime = 0
    while !sender.hasRoom {
      let before = (clock.now(), settledPackets)
      try sender.wait(timeout: Self.longestWait)
      guard try turn() else { return false }
      let waited = min(clock.now() &- before.0, Self.longestWait)
      stalledTime = settledPackets > before.1 ? 0 : stalledTime + waited
      guard stalledTime < options.stallTimeout else {
        let time = Readable.duration(options.stallTimeout)
        failure = .hostWentAway(
          "the host completed nothing for \(time) (--drain-timeout), with no room to send; nothing more was sent")
        stop.request()
        return false
      }
    }
    stalledTime = 0
    return true
  }

  /// What came back to all senders of the queue: the host takes their messages one behind the other.
  private var settledPackets: UInt64 {
    let first = index - sender.number
    return control.settledPackets(of: first..<first + options.sendersPerQueue)
  }

  private func publishProgress() {
    var counters = pastCounters
    counters += sender.counters
    control.senders[index].publish(
      offered: Tally(counters.offered), refused: Tally(counters.refused), completed: Tally(counters.completed),
      failed: Tally(counters.failed))
  }
}

/// What a lane leaves behind.
struct LaneOutcome: Sendable {
  let queue: Int
  /// Of its senders: more than one where the host went away and came back.
  let accounts: [SenderAccount]
  let digest: UInt64
  /// When the first frame was offered, by the run's clock.
  let firstOffer: UInt64?
  let departures: DepartureLog
  let failure: RunFailure?
}

extension Tally {
  init(_ count: PacketCount) { self.init(packets: count.packets, bytes: count.bytes) }
}
