internal import HostSocket
internal import NetVSC
package import NetVSP
internal import NetworkInterface
internal import PacketCapture
package import SharedMemory
internal import Synchronization

/// One replay, from the opening of the captures to the account of every packet.
package struct ReplayRun {
  private let options: ReplayOptions
  private let control: ReplayControl
  private let clock: MonotonicClock
  private let wallClock: @Sendable () -> Int64
  private let sleep: @Sendable (UInt64) -> Void
  private let keptLimit: Int
  private let startThread: ThreadStart
  private let frameSink: (any FrameSink)?

  /// A run that is looked at and stopped through `control`. Time comes from the clocks: nanoseconds that never step
  /// back, and nanoseconds since 1970 for stamping what is written; a thread that waits for long sleeps by `sleep`, for so
  /// many nanoseconds at most. Captures that take more memory than `keptLimit`
  /// bytes are read anew for each loop. With `frameSink` frames go there, where the options want them dropped.
  package init(
    _ options: ReplayOptions, control: ReplayControl, clock: MonotonicClock = .monotonic,
    wallClock: @escaping @Sendable () -> Int64 = MonotonicClock.wallClockNanoseconds,
    sleep: @escaping @Sendable (UInt64) -> Void = WorkerThread.sleep,
    keptLimit: Int = ReplayRun.keptLimit, startThread: @escaping ThreadStart = WorkerThread.init,
    frameSink: (any FrameSink)? = nil
  ) {
    self.frameSink = frameSink
    self.keptLimit = keptLimit
    self.startThread = startThread
    self.options = options
    self.control = control
    self.clock = clock
    self.wallClock = wallClock
    self.sleep = sleep
  }

  /// How a sender's thread is started.
  package typealias ThreadStart = @Sendable (@escaping @Sendable () -> Void) throws(SystemError) -> WorkerThread

  /// As much of the captures as is kept in memory, in bytes, unless told otherwise.
  package static let keptLimit = CaptureSource.keptLimit

  /// Replays on the calling thread and threads of its own; returns when all is accounted for.
  package func run() -> ReplayResult {
    let stop = RunStop()
    let limit = ReadingLimit(control, stop, clock, duration: options.duration)
    let captures = options.capturePaths.map {
      InspectedCapture(path: $0, options.selection, ethernet: options.ethernet, limit: limit)
    }
    var result = ReplayResult(options: options, captures: captures.map(\.account))
    if options.sink == .verify { result.verify = VerifyDigests(offered: 0, received: 0) }
    guard result.captures.allSatisfy({ $0.failure == nil }) else { return result }
    guard !control.stopRequested else {
      // Stopped before it began: nothing is opened, sent or written over.
      result.interrupted = true
      return result
    }
    // Time is up, and a pipe has not even begun.
    guard result.captures.allSatisfy({ $0.linkType != nil }) else { return result }
    do throws(RunFailure) {
      try run(captures, stop, limit, into: &result)
    } catch {
      result.failure = error
    }
    return result
  }

  private func run(
    _ captures: [InspectedCapture], _ stop: RunStop, _ limit: ReadingLimit, into result: inout ReplayResult
  ) throws(RunFailure) {
    if let path = options.devicePath {
      return try run(captures, attachedTo: path, stop, limit, into: &result)
    }
    let sink = try options.sink.open(
      SinkTerms(
        patience: options.stallTimeout, stop: stop, isInterrupted: { [control] in control.stopRequested }, clock: clock,
        sleep: sleep))
    let host = try openHost(sink)
    defer { host.shutDown() }
    try send(captures, to: host.offer, stop, limit, into: &result) { sink.own?.flush() }
    host.shutDown()
    account(for: host.statistics(), in: &result)
    result.failure = stop.failure ?? result.failure
    if let count = sink.own?.waitCount, count > 0 {
      result.host.sinkWaits = count
      let frames = Readable.amount(count, of: "frame")
      result.notes.append("\(frames) had to wait for room in the interface (\(options.sink))")
    }
    do throws(RunFailure) {
      try sink.own?.close()
    } catch {
      result.failure = result.failure ?? error
    }
  }

  /// The same, with a host in another process, whose sink is its own affair.
  private func run(
    _ captures: [InspectedCapture], attachedTo path: String, _ stop: RunStop, _ limit: ReadingLimit,
    into result: inout ReplayResult
  ) throws(RunFailure) {
    result.hostIsSilent = true
    defer { if result.hostIsSilent { result.verify = nil } }
    let offer: DeviceOffer
    do throws(SocketError) {
      offer = try DeviceOffer.attach(path: path)
    } catch {
      throw RunFailure(error)
    }
    try send(captures, to: offer, stop, limit, into: &result) {}
    guard result.reconnections == 0, let report = offer.report() else {
      result.notes.append("what the host counted is not known: it went away (--device \(path))")
      return
    }
    result.hostIsSilent = false
    result.host = HostAccount(report)
    if report.isVerified { result.verify?.received = report.digest } else { result.verify = nil }
  }

  /// Opens the device, sends the captures through it, accounts for them, and closes it.
  private func send(
    _ captures: [InspectedCapture], to offer: DeviceOffer, _ stop: RunStop, _ limit: ReadingLimit,
    into result: inout ReplayResult, whileWaiting: () -> Void
  ) throws(RunFailure) {
    let device = try openDevice(offer)
    defer { device.close(timeout: options.stallTimeout) }
    note(device, in: &result)
    let reconnection = options.reconnectTimeout > 0 ? makeReconnection(device, offer) : nil
    let outcomes = try send(
      captures, through: device, reconnection, stop, limit, into: &result, whileWaiting: whileWaiting)
    account(for: outcomes, in: &result)
    if let reconnection {
      reconnection.close(timeout: options.stallTimeout)
      result.reconnections = reconnection.count
    }
  }

  // MARK: Opening

  private func openHost(_ sink: OpenSink) throws(RunFailure) -> Host {
    var configuration = HostConfiguration()
    configuration.execution =
      switch options.hostMode {
      case .inline: .inline
      case .threads: .threads
      }
    configuration.sink = sink.hostSink
    if case .null = configuration.sink, let frameSink { configuration.sink = .frames(frameSink) }
    configuration.wallClock = wallClock
    for fault in options.faults { configuration.add(fault) }
    do {
      return try Host(configuration)
    } catch {
      throw .internalFault("the host cannot be set up: \(error)")
    }
  }

  private func openDevice(_ offer: DeviceOffer) throws(RunFailure) -> Device {
    var configuration = DeviceConfiguration()
    configuration.queueCount = options.queueCount
    configuration.frameByteCount = options.frameLimit
    configuration.sendersPerQueue = options.sendersPerQueue
    configuration.ringMode = options.ringMode
    if options.copy == .never { configuration.copyThreshold = 0 }
    // A message is completed as a whole, so that a frame which may fail by itself goes by itself.
    if options.sink.isInterface { configuration.packetsPerMessage = 1 }
    configuration.clock = clock
    do {
      return try Device.open(offer, configuration)
    } catch {
      throw .hostWentAway("the device cannot be opened: \(error)")
    }
  }

  private func makeReconnection(_ device: Device, _ offer: DeviceOffer) -> Reconnection {
    Reconnection(device, timeout: options.reconnectTimeout, clock: clock, sleep: sleep) {
      try? openDevice(offer)
    }
  }

  /// Notes what the device has otherwise than it was asked for.
  private func note(_ device: Device, in result: inout ReplayResult) {
    result.queueCount = device.queueCount
    if device.queueCount < options.queueCount {
      let queues = device.queueCount == 1 ? "1 queue was" : "\(device.queueCount) queues were"
      result.notes.append("\(queues) opened of the \(options.queueCount) asked for: the host opens no more")
    }
    result.frameLimit = device.maximumFrameByteCount
    if device.maximumFrameByteCount < options.frameLimit {
      result.notes.append("the host takes frames of up to \(device.maximumFrameByteCount) bytes only")
    }
    if options.vlanOffload, !device.offloads.takesVLANTags {
      result.notes.append("the host takes no tags beside frames: they stay where they are (--vlan-offload)")
    }
  }

  // MARK: Sending

  /// Sends the captures. `whileWaiting` is called now and then while a pipe gives nothing.
  private func send(
    _ captures: [InspectedCapture], through device: Device, _ reconnection: Reconnection?, _ stop: RunStop,
    _ limit: ReadingLimit, into result: inout ReplayResult, whileWaiting: () -> Void
  ) throws(RunFailure) -> [LaneOutcome] {
    let lanes = LanePlan(options, queueCount: device.queueCount)
    let feed: ChunkFeed
    do {
      feed = try ChunkFeed(laneCount: lanes.count)
    } catch {
      throw .internalFault("the run cannot be set up: \(error)")
    }
    let outcomes = LaneOutcomes()
    var threads: [WorkerThread] = []
    defer { for thread in threads { thread.join() } }
    let start = clock.now()
    limit.begin(at: start)
    let schedule = SharedSchedule(options.pace)
    var failure: RunFailure?
    for lane in 0..<lanes.count where failure == nil {
      do {
        threads.append(
          try startThread { [options, control, clock, sleep] in
            outcomes.append(
              SendingLane.run(
                lane, of: lanes, on: device, feed: feed, options: options, control: control, stop: stop, clock: clock,
                start: start, schedule: schedule, reconnection: reconnection, sleep: sleep))
          })
      } catch {
        // The senders that have begun end at once, and are accounted for.
        failure = .internalFault("a sender's thread cannot be started: \(error)")
        stop.request()
        feed.cancel()
      }
    }
    var source = CaptureSource(
      options, captures, lanes: lanes, device: device, feed: feed, control: control, limit: limit,
      keptLimit: keptLimit)
    source.run(whileWaiting: whileWaiting)
    for thread in threads { thread.join() }
    threads = []
    result.captures = source.accounts
    result.failure = source.failure ?? failure
    if source.hasUncutFrames {
      result.notes.append("the host does not cut some TCP frames above the MTU into segments: those are refused")
    }
    result.interrupted = control.stopRequested
    let all = outcomes.all
    result.loops = source.passCount(of: all.flatMap(\.accounts).reduce(0) { $0 + $1.counters.offered.packets })
    return all
  }

  // MARK: Accounting

  private func account(for outcomes: [LaneOutcome], in result: inout ReplayResult) {
    var digest: UInt64 = 0
    var counters = Array(repeating: QueueCounters(), count: result.queueCount)
    var latencies = Array(repeating: LatencyCounters(), count: result.queueCount)
    for outcome in outcomes {
      for account in outcome.accounts {
        counters[outcome.queue] += account.counters
        latencies[outcome.queue].add(account.latencies)
      }
      digest &+= outcome.digest
      result.failure = result.failure ?? outcome.failure
    }
    result.queues = (0..<result.queueCount).map { QueueAccount(queue: $0, counters[$0], latencies[$0]) }
    let total = counters.reduce(into: QueueCounters()) { $0 += $1 }
    let perQueue = counters.enumerated().flatMap { $1.ethtoolStatistics(ofQueue: $0) }
    result.ethtool = (total.ethtoolStatistics + perQueue).map { NamedCounter(name: $0.name, value: $0.value) }
    result.verify?.offered = digest
    let unknown = outcomes.flatMap(\.accounts).reduce(0) { $0 + ($1.counters.unknownCompletions) }
    if unknown > 0 {
      let completions = Readable.amount(unknown, of: "completion")
      result.notes.append("the host sent \(completions) of nothing in flight: ignored")
    }
    result.pacing = PaceAccount(merging: outcomes.map(\.departures))
    let times = outcomes.flatMap(\.accounts).map(\.times)
    let firstOffer = outcomes.compactMap(\.firstOffer).min() ?? 0
    let firstDeparture = times.compactMap(\.firstPublication).min() ?? 0
    result.elapsed = max(times.compactMap(\.lastCompletion).max() ?? firstOffer, firstOffer) - firstOffer
    result.departureSpan = max(times.compactMap(\.lastPublication).max() ?? 0, firstDeparture) - firstDeparture
  }

  private func account(for host: HostStatistics, in result: inout ReplayResult) {
    let total = host.total
    result.host.received = Tally(packets: total.receivedPackets, bytes: total.receivedBytes)
    result.host.delivered = Tally(packets: total.deliveredPackets, bytes: total.deliveredBytes)
    result.host.messages = total.messages
    result.host.doorbells = total.doorbells
    result.host.violations = total.violations
    result.host.problem = host.problem
    result.verify?.received = total.digest
  }
}

/// Where the lanes' threads leave what they did.
private final class LaneOutcomes: Sendable {
  private let outcomes = Mutex<[LaneOutcome]>([])

  func append(_ outcome: LaneOutcome) { outcomes.withLock { $0.append(outcome) } }
  var all: [LaneOutcome] { outcomes.withLock { $0 } }
}
