import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing

@Suite("A device that changes while its senders run")
struct ChangeWhileRunningTests {
  private static let patience: UInt64 = 20_000_000_000

  @Test(
    "opens anew with more or fewer queues and other frame sizes: nothing is lost, doubled or overtaken",
    arguments: [HostExecution.inline, .threads])
  func reopens(execution: HostExecution) throws {
    let sink = SequenceSink(flowCount: 2)
    let host = try Host(HostConfiguration(execution: execution, sink: .frames(sink)))
    let course = DeviceCourse(try Device.open(host.offer, configuration(queueCount: 2, frameByteCount: 1514)))
    try runConcurrently(3) { thread in
      if thread < 2 { return course.send(flow: thread) }
      for change in 0..<8 {
        course.waitForTraffic()
        course.change { device throws(DeviceError) in
          try device.reopen(
            configuration(queueCount: [1, 3, 2, 4][change % 4], frameByteCount: change % 2 == 0 ? 9014 : 1514),
            timeout: Self.patience)
        }
      }
      course.end()
    }
    let total = course.total
    host.shutDown()
    #expect(course.problems == [])
    #expect(total.offered.packets > 0)
    #expect(total.completed == total.offered)
    #expect(total.balances)
    #expect(sink.counts.reduce(0, +) == total.completed.packets)
    #expect(sink.problems == [])
    #expect(host.statistics().problem == nil)
  }

  @Test("comes back after its host restarted: what is lost is named, and between what was published and completed")
  func restarts() throws {
    for execution in [HostExecution.inline, .threads] {
      let sink = SequenceSink(flowCount: 2)
      let host = try Host(HostConfiguration(execution: execution, sink: .frames(sink)))
      let course = DeviceCourse(try Device.open(host.offer, configuration(queueCount: 2, frameByteCount: 1514)))
      try runConcurrently(3) { thread in
        if thread < 2 { return course.send(flow: thread) }
        for _ in 0..<6 {
          course.waitForTraffic()
          do {
            try host.restart()
          } catch {
            course.note("\(error)")
          }
          course.change { device throws(DeviceError) in
            try device.reopen(configuration(queueCount: 2, frameByteCount: 1514), timeout: Self.patience)
          }
        }
        course.end()
      }
      let total = course.total
      host.shutDown()
      #expect(course.problems == [])
      #expect(total.balances)
      #expect(total.failed.packets == 0)
      let received = sink.counts.reduce(0, +)
      #expect(received >= total.completed.packets && received <= total.published.packets)
      #expect(sink.problems == [], "a frame is never delivered twice, nor before an earlier one")
      #expect(host.statistics().problem == nil)
    }
  }

  @Test("waits for a host that is away, and no longer than it is told")
  func away() throws {
    let host = try Host(HostConfiguration(execution: .threads, sink: .null))
    let device = try Device.open(host.offer, DeviceConfiguration())
    host.shutDown()
    #expect(throws: DeviceError.self) { _ = try device.reopen(DeviceConfiguration(), timeout: 30_000_000) }
    // A configuration that cannot be changes nothing, not even a device that is closed.
    var wrong = DeviceConfiguration()
    wrong.queueCount = 65
    #expect(throws: DeviceError.badConfiguration("queues: from 1 to 64, not 65")) {
      _ = try device.reopen(wrong, timeout: 0)
    }
    let reopened = Mutex<Device?>(nil)
    try runConcurrently(2) { thread in
      if thread == 0 {
        let device = try? device.reopen(DeviceConfiguration(), timeout: Self.patience)
        reopened.withLock { $0 = device }
      } else {
        try? host.restart()
      }
    }
    let again = try #require(reopened.withLock { $0 })
    var sender = try again.makeSender(queue: 0)
    try sender.publish([Frames.golden])
    let isDrained = try sender.drain(timeout: Self.patience)
    #expect(isDrained)
    _ = sender.finish()
    again.close()
  }

  @Test("closes by its deadline, whoever goes on sending, and the account says what became of it")
  func deadline() throws {
    let bench = try GuestBench(ringMode: .cooperative) {
      $1.sendersPerQueue = 2
      $1.clock = .monotonic
    }
    let device = bench.device
    var stubborn = try device.makeSender(queue: 0)
    try stubborn.publish(Frames.numbered(0..<5))
    let memory = try device.allocate(byteCount: 4096)
    try stubborn.lend(Frames.golden, at: [0..<60], of: memory, cookie: 5)
    #expect(device.close(timeout: 1) == false)
    #expect(throws: DeviceError.closing) { _ = try device.makeSender(queue: 0) }
    #expect(throws: SenderError.rescinded("the device was closed")) { try stubborn.poll() }
    #expect(stubborn.isClosing == true)
    let outcome = try stubborn.send(Frames.golden)
    #expect(outcome == .closing)
    #expect(throws: ReservationRefusal.closing) { _ = try stubborn.reserve(60) }
    var returned: [ReturnedFrame] = []
    let counters = stubborn.finish { returned.append($0) }.counters
    #expect(counters.lost == PacketCount(6, 360))
    #expect(counters.balances)
    #expect(returned.map(\.cookie) == [5])
    #expect(returned.map(\.fate) == [.lost])
    #expect(bench.host.bus.channels[0].isRescinded == false, "another channel is on offer")
    device.close()
  }

  @Test("tells senders that wait, which can drain before they finish", arguments: [1, 2, 5])
  func polite(senderCount: Int) throws {
    let host = try Host(HostConfiguration(execution: .threads, sink: .null))
    var configuration = DeviceConfiguration()
    configuration.sendersPerQueue = senderCount
    let device = try Device.open(host.offer, configuration)
    let outcomes = Mutex<[(wasClosing: Bool, counters: QueueCounters)]>([])
    let readyCount = Atomic(0)
    let closed = Mutex<Bool?>(nil)
    try runConcurrently(senderCount + 1) { thread in
      if thread < senderCount {
        guard var sender = try? device.makeSender(queue: 0) else { return }
        try? sender.publish(Frames.numbered(0..<10))
        readyCount.add(1, ordering: .releasing)
        while sender.isClosing == false {
          _ = try? sender.poll()
          try? sender.wait(timeout: Self.patience)
        }
        _ = try? sender.drain(timeout: Self.patience)
        let wasClosing = sender.isClosing
        let counters = sender.finish().counters
        outcomes.withLock { $0.append((wasClosing, counters)) }
      } else {
        while readyCount.load(ordering: .acquiring) < senderCount { Processors.pause() }
        let areFinished = device.close(timeout: Self.patience)
        closed.withLock { $0 = areFinished }
      }
    }
    #expect(closed.withLock { $0 } == true)
    let results = outcomes.withLock { $0 }
    #expect(results.count == senderCount)
    for result in results {
      #expect(result.wasClosing)
      #expect(result.counters.completed == PacketCount(10, 600))
      #expect(result.counters.balances)
    }
    #expect(host.statistics().total.receivedPackets == UInt64(10 * senderCount))
  }

  @Test("wakes every sender that waits when the host goes away", arguments: [1, 2, 5])
  func awayForAll(senderCount: Int) throws {
    let host = try Host(HostConfiguration(execution: .threads, sink: .null))
    var configuration = DeviceConfiguration()
    configuration.sendersPerQueue = senderCount
    let device = try Device.open(host.offer, configuration)
    let readyCount = Atomic(0)
    let sleptInVain = Atomic(false)
    try runConcurrently(senderCount + 1) { thread in
      guard thread < senderCount else {
        while readyCount.load(ordering: .acquiring) < senderCount { Processors.pause() }
        return host.shutDown()
      }
      guard var sender = try? device.makeSender(queue: 0) else { return }
      readyCount.add(1, ordering: .releasing)
      let start = MonotonicClock.monotonic.now()
      // Ends when a poll throws.
      while (try? sender.poll()) != nil { try? sender.wait(timeout: Self.patience) }
      if MonotonicClock.monotonic.now() - start >= Self.patience { sleptInVain.store(true, ordering: .relaxed) }
      _ = sender.finish()
    }
    #expect(sleptInVain.load(ordering: .relaxed) == false)
    device.close()
  }

  @Test("follows the map of processors when its threads look")
  func processors() throws {
    let bench = try GuestBench { $1.queueCount = 3 }
    let device = bench.device
    #expect((0..<7).map { device.queue(forProcessor: $0) } == [0, 1, 2, 0, 1, 2, 0])
    var sender = try device.makeSender(forProcessor: 4)
    #expect(sender.queueIndex == 1)
    #expect(sender.shouldMove == false)
    device.map(processor: 3, toQueue: 2)
    #expect(sender.shouldMove == false)
    device.map(processor: 4, toQueue: 2)
    #expect(sender.shouldMove == true)
    try sender.publish([Frames.golden])
    #expect(try bench.takeAll(1).count == 1, "it goes on where it is")
    _ = sender.finish()
    let moved = try device.makeSender(forProcessor: 4)
    #expect(moved.queueIndex == 2)
    #expect(moved.shouldMove == false)
    _ = moved.finish()
    let plain = try device.makeSender(queue: 0)
    #expect(plain.shouldMove == false)
    _ = plain.finish()
  }

  private func configuration(queueCount: Int, frameByteCount: Int) -> DeviceConfiguration {
    var configuration = DeviceConfiguration()
    configuration.queueCount = queueCount
    configuration.frameByteCount = frameByteCount
    configuration.sendersPerQueue = 2
    configuration.sectionsPerQueue = 16
    configuration.ringByteCount = 2 * 4096
    return configuration
  }
}

/// A device that is replaced now and then, and threads that send on it all the while.
private final class DeviceCourse: Sendable {
  private struct State {
    var device: Device?
    var total = QueueCounters()
    var problems: [String] = []
  }
  private let state: Mutex<State>
  private let sent = Atomic(0)

  init(_ device: Device) { state = Mutex(State(device: device)) }

  var total: QueueCounters { state.withLock { $0.total } }
  var problems: [String] { state.withLock { $0.problems } }

  func note(_ problem: String) { state.withLock { $0.problems.append(problem) } }

  /// Returns once a few hundred frames more were sent.
  func waitForTraffic() {
    let start = sent.load(ordering: .relaxed)
    let begin = MonotonicClock.monotonic.now()
    while sent.load(ordering: .relaxed) < start + 300, MonotonicClock.monotonic.now() - begin < 10_000_000_000 {
      Processors.pause()
    }
  }

  func change(_ body: (Device) throws(DeviceError) -> Device) {
    guard let device = state.withLock({ $0.device }) else { return }
    do {
      let next = try body(device)
      state.withLock { $0.device = next }
    } catch {
      note("\(error)")
      end()
    }
  }

  /// Closes the device; the threads end.
  func end() {
    let device = state.withLock { $0.device.take() }
    if device?.close(timeout: 20_000_000_000) == false { note("a sender did not finish") }
  }

  /// Sends frames of one flow, by one sender after the other, until the course ends.
  func send(flow: Int) {
    var sequence: UInt32 = 0
    while let device = state.withLock({ $0.device }) {
      do {
        var sender = try device.makeSender(queue: flow % device.queueCount)
        do {
          try send(flow: flow, &sequence, by: &sender)
        } catch {
          // The host went away; what was in flight is lost.
        }
        let counters = sender.finish().counters
        state.withLock { $0.total += counters }
      } catch {
        // Closed, or still closing: another one is about to come.
        Processors.pause()
      }
    }
  }

  private func send(flow: Int, _ sequence: inout UInt32, by sender: inout Sender) throws(SenderError) {
    while true {
      switch try sender.send(SequenceSink.frame(flow: flow, sequence)) {
      case .taken:
        sequence += 1
        sent.add(1, ordering: .relaxed)
        if sequence % 7 == 0 { try sender.flush() }
      case .closing:
        if try !sender.drain(timeout: 20_000_000_000) { note("flow \(flow) was not drained") }
        return
      case .wouldBlock:
        try sender.flush()
        if try sender.poll() == 0 { try sender.wait(timeout: 1_000_000) }
      case let outcome: return note("\(outcome)")
      }
    }
  }
}

/// Checks that the frames of each flow come in order, none twice.
private final class SequenceSink: FrameSink {
  private struct State {
    var last: [Int64]
    var counts: [UInt64]
    var problems: [String] = []
  }
  private let state: Mutex<State>

  init(flowCount: Int) {
    state = Mutex(State(last: Array(repeating: -1, count: flowCount), counts: Array(repeating: 0, count: flowCount)))
  }

  var counts: [UInt64] { state.withLock { $0.counts } }
  var problems: [String] { state.withLock { $0.problems } }

  static func frame(flow: Int, _ sequence: UInt32) -> [UInt8] {
    [UInt8(flow)] + (0..<4).map { UInt8(truncatingIfNeeded: sequence >> (8 * $0)) }
      + [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 60 + Int(sequence % 900))
  }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    let flow = Int(frame.unsafeLoad(fromByteOffset: 0, as: UInt8.self))
    var sequence: UInt32 = 0
    for index in 0..<4 {
      sequence |= UInt32(frame.unsafeLoad(fromByteOffset: 1 + index, as: UInt8.self)) << (8 * UInt32(index))
    }
    state.withLock { state in
      if frame.byteCount != 65 + Int(sequence % 900) {
        state.problems.append("\(flow).\(sequence): \(frame.byteCount)")
      }
      if Int64(sequence) <= state.last[flow] {
        state.problems.append("\(flow).\(sequence) behind \(state.last[flow])")
      }
      state.last[flow] = Int64(sequence)
      state.counts[flow] += 1
    }
  }
}
