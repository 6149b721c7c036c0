internal import NetVSC
internal import SharedMemory

extension SendingLane {
  /// How long it spins before a departure, in nanoseconds: a sleep may end so much too late.
  private static let spinTime: UInt64 = 1_000_000
  /// How often it looks at the clock, while it spins, for each time that it does all that it does between bursts.
  private static let spinsPerTurn: UInt = 64

  /// Begins to offer frames: by the schedule, if there is one.
  mutating func begin() {
    let now = clock.now()
    schedule = sharedSchedule.begin(at: now)
    firstOffer = schedule?.start ?? now
  }

  /// Waits until the first of the frames is due. Returns the end of those that leave with it; nil when the run is to stop.
  mutating func waitForDeparture(
    of frames: LaneFrames, _ range: Range<Int>, _ schedule: Schedule
  ) throws(SenderError) -> Int? {
    let passMark = passStart.mark
    func mark(of index: Int) -> UInt128 { passMark + UInt128(frames.mark(of: index)) }
    guard let now = try wait(until: schedule.departure(at: mark(of: range.lowerBound))) else { return nil }
    return schedule.burstEnd(of: range, at: now, mark: mark(of:))
  }

  /// Waits until that time. Returns what time it is then; nil when the run is to stop.
  private mutating func wait(until due: UInt64) throws(SenderError) -> UInt64? {
    var now = clock.now()
    var spinCount: UInt = 0
    while now < due {
      if due - now > Self.spinTime {
        guard try rest(min(due - now - Self.spinTime, Self.longestWait)) else { return nil }
      } else {
        // Now and then also with nothing in flight: code and data that lie idle for a while are slow when they are needed.
        spinCount &+= 1
        if sender.inFlightCount > 0 || spinCount % Self.spinsPerTurn == 0 { guard try turn() else { return nil } }
        if isCrowded { Processors.yield() } else { Processors.pause() }
      }
      now = clock.now()
    }
    return now
  }

  /// Takes completions, and sleeps when there are none. Returns false when the run is to stop.
  private mutating func rest(_ duration: UInt64) throws(SenderError) -> Bool {
    let completions = sender.counters.completions
    if options.hostMode == .threads { try sender.wait(timeout: duration) }
    guard try turn() else { return false }
    if options.hostMode == .inline, sender.counters.completions == completions { sleep(duration) }
    return true
  }

  /// Notes when those frames are due that the device carries: the others were refused.
  mutating func noteDepartures(of frames: LaneFrames, _ range: Range<Int>) {
    let carried = carriedByteCounts
    for index in range where carried.contains(frames.ranges[index].byteCount) { noteDeparture(of: index, in: frames) }
  }

  /// Notes when a frame is due that the sender took.
  mutating func noteDeparture(of index: Int, in frames: LaneFrames) {
    guard let schedule else { return }
    departures.note(due: schedule.departure(at: passStart.mark + UInt128(frames.mark(of: index))))
  }

  mutating func settleDepartures() {
    guard schedule != nil, let time = sender.times.lastPublication else { return }
    // Of senders whose host went away, all count as departed that were taken.
    let past = pastCounters.offered.packets - pastCounters.refused.packets
    departures.settle(publishedCount: past + sender.counters.published.packets, at: time)
  }
}
