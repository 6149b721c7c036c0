import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing

@Suite("Receiving, from a host")
struct ReceiveRunTests {
  private final class CountingSink: FrameSink {
    let count = Atomic<Int>(0)
    func deliver(_ frame: RawSpan, timestamp: Int64) { count.add(1, ordering: .relaxed) }
  }

  private func configuration(queueCount: Int = 1, receiveBufferByteCount: Int = 1 << 20) -> DeviceConfiguration {
    var configuration = DeviceConfiguration()
    configuration.receivesFrames = true
    configuration.frameByteCount = 1514
    configuration.queueCount = queueCount
    configuration.receiveBufferByteCount = receiveBufferByteCount
    return configuration
  }

  /// Takes frames until there were `count`, or nothing happened for long.
  private func take(_ count: Int, from sender: inout Sender, _ body: ([UInt8]) -> Void) throws {
    var (taken, looks) = (0, 0)
    while taken < count, looks < 2000 {
      try sender.poll()
      let got = try sender.receive { frame in body(frame.bytes.withUnsafeBytes { [UInt8]($0) }) }
      taken += got
      guard got == 0 else { continue }
      looks += 1
      try sender.wait(timeout: 5_000_000)
    }
    #expect(taken == count)
  }

  @Test("every frame of a source arrives, whole and in order", arguments: [HostExecution.inline, .threads])
  func inOrder(execution: HostExecution) throws {
    // A buffer of few sub-allocations, so that they are used again and again.
    let frames = (0..<5000).map { ArrivingFrame.make($0, byteCount: 14 + $0 * 7 % 1501) }
    let source = try QueuedSource()
    var hostConfiguration = HostConfiguration(execution: execution, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    let device = try Device.open(host.offer, configuration(receiveBufferByteCount: 1 << 16))
    var sender = try device.makeSender(queue: 0)
    source.add(frames)
    var position = 0
    var wrong = 0
    try take(frames.count, from: &sender) { bytes in
      if bytes != frames[position] { wrong += 1 }
      position += 1
    }
    #expect(wrong == 0)
    let statistics = host.statistics()
    let counters = sender.finish().counters
    #expect(statistics.delivery.deliveredPackets == 5000 && counters.received.packets == 5000)
    #expect(statistics.delivery.deliveredBytes == counters.received.bytes)
    #expect(counters.receivesAcknowledged == statistics.delivery.messages)
    device.close()
    host.shutDown()
    #expect(host.statistics().total.violations == 0)
  }

  @Test(
    "frames that come while the device is being opened are lost to nobody", arguments: [HostExecution.inline, .threads])
  func early(execution: HostExecution) throws {
    let source = EndlessSource()
    var hostConfiguration = HostConfiguration(execution: execution, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    let device = try Device.open(host.offer, configuration())
    source.end()
    var sender = try device.makeSender(queue: 0)
    var (received, looks) = (0, 0)
    while looks < 20 || UInt64(received) < host.statistics().delivery.deliveredPackets, looks < 2000 {
      try sender.poll()
      received += try sender.receive { _ in }
      try sender.wait(timeout: 1_000_000)
      looks += 1
    }
    let delivery = host.statistics().delivery
    // A host with threads may have come to none of them.
    #expect(delivery.deliveredPackets > 0 || execution == .threads)
    #expect(UInt64(received) == delivery.deliveredPackets)
    _ = sender.finish()
  }

  /// Always has a frame, until it is ended.
  private final class EndlessSource: FrameSource {
    private let isOver = Atomic(false)
    func end() { isOver.store(true, ordering: .relaxed) }

    func receive(into buffer: inout MutableRawSpan) -> Int? {
      guard !isOver.load(ordering: .relaxed) else { return nil }
      let frame = ArrivingFrame.make(1)
      for index in frame.indices { buffer.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self) }
      return frame.count
    }

    func wait(timeout: UInt64) -> Bool { false }
  }

  @Test("frames come again from a host that was shut down and restarted", arguments: [HostExecution.inline, .threads])
  func restarted(execution: HostExecution) throws {
    let source = try QueuedSource()
    var hostConfiguration = HostConfiguration(execution: execution, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    host.shutDown()
    try host.restart()
    let device = try Device.open(host.offer, configuration())
    var sender = try device.makeSender(queue: 0)
    source.add((0..<10).map { ArrivingFrame.make($0) })
    try take(10, from: &sender) { _ in }
    _ = sender.finish()
  }

  @Test("only what the guest listens to is delivered, and the rest is accounted for")
  func filter() throws {
    let other: [UInt8] = [0x00, 0x15, 0x5D, 9, 9, 9]
    let source = try QueuedSource([
      ArrivingFrame.make(1), ArrivingFrame.make(2, to: other), ArrivingFrame.make(3, to: ArrivingFrame.broadcast),
      ArrivingFrame.make(4, to: [0x33, 0x33, 0, 0, 0, 1]), ArrivingFrame.make(5, byteCount: 1515),
      [UInt8](ArrivingFrame.make(6).prefix(13)), ArrivingFrame.make(7),
    ])
    var hostConfiguration = HostConfiguration(execution: .inline, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    let device = try Device.open(host.offer, configuration())
    #expect(source.remaining == 0 || source.remaining == 7, "frames before the set-up is over are for nobody")
    let early = 7 - source.remaining
    var sender = try device.makeSender(queue: 0)
    if early > 0 {
      source.add([
        ArrivingFrame.make(1), ArrivingFrame.make(2, to: other), ArrivingFrame.make(3, to: ArrivingFrame.broadcast),
        ArrivingFrame.make(4, to: [0x33, 0x33, 0, 0, 0, 1]), ArrivingFrame.make(5, byteCount: 1515),
        [UInt8](ArrivingFrame.make(6).prefix(13)), ArrivingFrame.make(7),
      ])
    }
    var numbers: [UInt8] = []
    try take(4, from: &sender) { numbers.append($0[14]) }
    #expect(numbers == [1, 3, 4, 7])
    let delivery = host.statistics().delivery
    #expect(delivery.unheardPackets == UInt64(early))
    #expect(delivery.filteredPackets == 1 && delivery.misfitPackets == 2 && delivery.deliveredPackets == 4)
    _ = sender.finish()
  }

  @Test("a flood from the host does not keep frames from being sent, nor the reverse", arguments: RingMode.allCases)
  func neitherStarves(mode: RingMode) throws {
    let sink = CountingSink()
    let source = try QueuedSource()
    var hostConfiguration = HostConfiguration(execution: .threads, sink: .frames(sink))
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    var configuration = configuration(receiveBufferByteCount: 1 << 17)
    configuration.ringByteCount = 3 * 4096
    configuration.ringMode = mode
    let device = try Device.open(host.offer, configuration)
    var sender = try device.makeSender(queue: 0)
    source.add((0..<20_000).map { ArrivingFrame.make($0) })
    let frame = Frames.golden
    var (sent, received, idle) = (0, 0, 0)
    while sent < 20_000 || received < 20_000, idle < 2000 {
      var progress = false
      while sent < 20_000, try sender.send(frame.span.bytes) == .taken {
        sent += 1
        progress = true
      }
      try sender.flush()
      try sender.poll()
      let got = try sender.receive { _ in }
      received += got
      if progress || got > 0 {
        idle = 0
      } else {
        idle += 1
        try sender.wait(timeout: 5_000_000)
      }
    }
    #expect(sent == 20_000 && received == 20_000)
    let isDrained = try sender.drain(timeout: 5_000_000_000)
    #expect(isDrained)
    #expect(sender.counters.completed.packets == 20_000)
    #expect(sink.count.load(ordering: .relaxed) == 20_000)
    _ = sender.finish()
    device.close()
    host.shutDown()
    #expect(host.statistics().total.violations == 0)
  }

  @Test("frames are spread over the queues by flow, and a flow keeps to one")
  func scaling() throws {
    let source = try QueuedSource()
    var hostConfiguration = HostConfiguration(execution: .inline, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    let device = try Device.open(host.offer, configuration(queueCount: 4))
    try #require(device.queueCount == 4 && device.scalesReceives)
    var frames: [[UInt8]] = []
    for port in 0..<64 {
      var frame = TestFrame()
      frame.sourcePort = UInt16(1024 + port)
      frame.payload = [UInt8](repeating: UInt8(port), count: 40)
      var bytes = frame.bytes()
      bytes.replaceSubrange(0..<6, with: ArrivingFrame.address)
      frames += [bytes, bytes]
    }
    source.add(frames)
    var queues: [UInt8: Set<Int>] = [:]
    var counts = [0, 0, 0, 0]
    var senders: [SenderBox] = []
    for queue in 0..<4 { senders.append(SenderBox(try device.makeSender(queue: queue))) }
    for _ in 0..<20 {
      for (queue, box) in senders.enumerated() {
        try box.sender.wait(timeout: 0)
        try box.sender.poll()
        counts[queue] += try box.sender.receive { frame in
          let port = frame.bytes.withUnsafeBytes { $0[$0.count - 1] }
          queues[port, default: []].insert(queue)
        }
      }
    }
    #expect(counts.reduce(0, +) == 128)
    #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")
    #expect(queues.values.allSatisfy { $0.count == 1 })
  }

  @Test("a loss is as seeded, in both directions, and accounted for")
  func loss() throws {
    let frame = Frames.golden
    func run(seed: UInt64) throws -> (received: [UInt8], host: HostStatistics) {
      let source = try QueuedSource()
      let sink = CountingSink()
      var hostConfiguration = HostConfiguration(execution: .inline, sink: .frames(sink))
      hostConfiguration.source = source
      hostConfiguration.faults.loss = FrameLoss(perMillion: 100_000, seed: seed)
      let host = try Host(hostConfiguration)
      let device = try Device.open(host.offer, configuration())
      var sender = try device.makeSender(queue: 0)
      source.add((0..<200).map { ArrivingFrame.make($0) })
      var numbers: [UInt8] = []
      for _ in 0..<200 {
        let outcome = try sender.send(frame.span.bytes)
        #expect(outcome == .taken)
      }
      for _ in 0..<20 {
        try sender.flush()
        try sender.wait(timeout: 0)
        try sender.poll()
        try sender.receive { frame in numbers.append(frame.bytes.withUnsafeBytes { $0[14] }) }
      }
      let counters = sender.finish().counters
      #expect(counters.completed.packets == 200)
      let statistics = host.statistics()
      #expect(Int(statistics.delivery.lostPackets) == 200 - numbers.count)
      #expect(statistics.total.lostPackets + statistics.total.deliveredPackets == 200)
      #expect(Int(statistics.total.deliveredPackets) == sink.count.load(ordering: .relaxed))
      return (numbers, statistics)
    }
    let first = try run(seed: 1)
    #expect((5..<50).contains(200 - first.received.count) && (5..<50).contains(first.host.total.lostPackets))
    let again = try run(seed: 1)
    #expect(again.received == first.received)
    let other = try run(seed: 2)
    #expect(other.received != first.received)
  }

  @Test("a source that fails is reported, and sending goes on")
  func failingSource() throws {
    let frame = Frames.golden
    let source = try QueuedSource()
    var hostConfiguration = HostConfiguration(execution: .inline, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    let device = try Device.open(host.offer, configuration())
    var sender = try device.makeSender(queue: 0)
    source.fail(with: SourceError("tap0: gone"))
    let outcome = try sender.send(frame.span.bytes)
    #expect(outcome == .taken)
    let isDrained = try sender.drain(timeout: 1_000_000_000)
    #expect(isDrained)
    try sender.wait(timeout: 1_000_000)
    #expect(host.statistics().problem == "the source failed: tap0: gone")
    _ = sender.finish()
  }

  @Test("a device that is opened again receives again")
  func reopened() throws {
    let source = try QueuedSource()
    var hostConfiguration = HostConfiguration(execution: .inline, sink: .null)
    hostConfiguration.source = source
    let host = try Host(hostConfiguration)
    var device = try Device.open(host.offer, configuration())
    for round in 0..<3 {
      source.add((0..<500).map { ArrivingFrame.make($0) })
      var sender = try device.makeSender(queue: 0)
      // What is not taken goes with the device.
      if round < 2 { try sender.wait(timeout: 1_000_000) } else { try take(500, from: &sender) { _ in } }
      _ = sender.finish()
      if round < 2 {
        // Frames that nobody took by now are not for the next guest.
        while source.remaining > 0 {
          var rest = try device.makeSender(queue: 0)
          try rest.wait(timeout: 1_000_000)
          try rest.poll()
          try rest.receive { _ in }
          _ = rest.finish()
        }
        device = try device.reopen(configuration(), timeout: 1_000_000_000)
      }
    }
    #expect(host.statistics().total.violations == 0)
    let delivery = host.statistics().delivery
    #expect(delivery.offeredPackets == 1500)
  }
}
