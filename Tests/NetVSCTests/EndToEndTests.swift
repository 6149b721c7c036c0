import NetVSC
import NetVSP
import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Guest and host together")
struct EndToEndTests {
  /// Who runs the host, how rings are owned, and how they are mapped.
  struct Variant: CustomTestStringConvertible, Sendable {
    let execution: HostExecution
    let ringMode: RingMode
    let mapping: RingMapping
    var testDescription: String { "\(execution), \(ringMode), \(mapping)" }

    func makeHost() throws -> Host {
      var configuration = HostConfiguration(execution: execution, sink: .verify)
      configuration.ringMapping = mapping
      return try Host(configuration)
    }
  }

  static let variants = [
    Variant(execution: .inline, ringMode: .exclusive, mapping: .double),
    Variant(execution: .inline, ringMode: .ordered, mapping: .single),
    Variant(execution: .threads, ringMode: .exclusive, mapping: .single),
    Variant(execution: .threads, ringMode: .ordered, mapping: .double),
  ]

  @Test(
    "carry 50,000 random frames, and both know the same of them", arguments: EndToEndTests.variants, [1, 2, 7])
  func randomFrames(variant: Variant, queueCount: Int) throws {
    let chance = SeededGenerator(for: "frames, \(variant.testDescription), \(queueCount)")
    let host = try variant.makeHost()
    var configuration = DeviceConfiguration()
    configuration.queueCount = queueCount
    configuration.frameByteCount = 1514
    configuration.ringMode = variant.ringMode
    configuration.ringByteCount = 4 * 4096
    configuration.sectionsPerQueue = 200
    let device = try Device.open(host.offer, configuration)
    #expect(device.queueCount == queueCount)

    let traffic = (0..<queueCount).map { queue in
      RandomTraffic(seed: chance.seed &+ UInt64(queue), frameCount: 50_000 / queueCount)
    }
    let results = Mutex<[Int: TrafficResult]>([:])
    let threads = try traffic.enumerated().map { queue, traffic in
      try WorkerThread { [device] in
        let result = traffic.run(on: device, queue: queue)
        results.withLock { $0[queue] = result }
      }
    }
    for thread in threads { thread.join() }
    device.close()
    let statistics = host.statistics()
    host.shutDown()

    #expect(statistics.problem == nil)
    #expect(statistics.total.violations == 0)
    #expect(statistics.total.failures == 0)
    for queue in 0..<queueCount {
      let result = try #require(results.withLock { $0[queue] })
      #expect(result.problem == nil)
      #expect(result.wasDrained)
      let (guest, host) = (result.counters, statistics.channels[queue])
      #expect(guest.offered.packets == UInt64(50_000 / queueCount))
      #expect(guest.completed == guest.offered)
      #expect(guest.balances)
      #expect(guest.unknownCompletions == 0)
      #expect(guest.messages == guest.completions)
      #expect(host.receivedPackets == guest.completed.packets)
      #expect(host.receivedBytes == guest.completed.bytes)
      #expect(host.deliveredPackets == host.receivedPackets)
      #expect(host.digest == result.digest)
    }
  }

  @Test("agree on every version", arguments: HostProtocolVersion.allCases, [HostExecution.inline, .threads])
  func versions(version: HostProtocolVersion, execution: HostExecution) throws {
    var configuration = HostConfiguration(execution: execution, sink: .verify)
    configuration.highestProtocolVersion = version
    let host = try Host(configuration)
    var wanted = DeviceConfiguration()
    wanted.queueCount = 3
    let device = try Device.open(host.offer, wanted)
    #expect(device.protocolVersion == NVSPVersion(rawValue: version.rawValue).name)
    #expect(device.queueCount == (version.rawValue >= HostProtocolVersion.version5.rawValue ? 3 : 1))
    #expect(
      device.maximumFrameByteCount == (version == .version1 ? 1514 : 9216),
      "version 1 cannot tell the host a frame size")
    for queue in 0..<device.queueCount {
      var sender = try device.makeSender(queue: queue)
      try sender.publish([Frames.golden])
      let isDrained = try sender.drain(timeout: 5_000_000_000)
      #expect(isDrained)
      #expect(sender.finish().counters.completed == PacketCount(1, 60))
    }
    device.close()
    #expect(host.statistics().problem == nil)
    #expect(host.statistics().total.receivedPackets == UInt64(device.queueCount))
  }

  @Test("part well when the guest comes again and again", arguments: [HostExecution.inline, .threads])
  func again(execution: HostExecution) throws {
    let host = try Host(HostConfiguration(execution: execution, sink: .verify))
    var wanted = DeviceConfiguration()
    wanted.queueCount = 2
    for _ in 0..<5 {
      let device = try Device.open(host.offer, wanted)
      #expect(device.queueCount == 2)
      var sender = try device.makeSender(queue: 1)
      try sender.publish(Frames.numbered(0..<10))
      let isDrained = try sender.drain(timeout: 5_000_000_000)
      #expect(isDrained)
      _ = sender.finish()
      device.close()
    }
    #expect(host.statistics().problem == nil)
    #expect(host.statistics().total.receivedPackets == 50)
  }

  @Test("keep their accounts when the host goes away", arguments: [HostExecution.inline, .threads])
  func hostGoesAway(execution: HostExecution) throws {
    let host = try Host(HostConfiguration(execution: execution, sink: .verify))
    let device = try Device.open(host.offer, DeviceConfiguration())
    var sender = try device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<50))
    let isDrained = try sender.drain(timeout: 5_000_000_000)
    #expect(isDrained)
    try sender.publish(Frames.numbered(0..<20))
    host.shutDown()
    #expect(throws: SenderError.self) { _ = try sender.drain(timeout: 5_000_000_000) }
    let counters = sender.finish().counters
    #expect(counters.completed.packets + counters.lost.packets == 70)
    #expect(counters.completed.packets >= 50)
    #expect(counters.balances)
    device.close()
  }

  @Test("meet a deadline that the host misses, and do not mistake what comes after it")
  func slowHost() throws {
    let sink = BlockedSink()
    let host = try Host(HostConfiguration(execution: .threads, sink: .frames(sink)))
    var configuration = DeviceConfiguration()
    configuration.packetsPerMessage = 1
    let device = try Device.open(host.offer, configuration)
    var sender = try device.makeSender(queue: 0)
    try sender.publish(Frames.numbered(0..<5))
    let isDrained = try sender.drain(timeout: 20_000_000)
    #expect(!isDrained)
    let counters = sender.finish().counters
    #expect(counters.lost == PacketCount(5, 300))
    sink.open()
    // The late completions are no frames of the next sender's.
    var next = try device.makeSender(queue: 0)
    try next.publish(Frames.numbered(5..<8))
    let isDrainedNow = try next.drain(timeout: 5_000_000_000)
    #expect(isDrainedNow)
    let late = next.finish().counters
    #expect(late.completed == PacketCount(3, 180))
    #expect(late.unknownCompletions == 5)
    device.close()
  }
}

/// What one queue's sender came to.
struct TrafficResult: Sendable {
  var counters = QueueCounters()
  /// The sum of the digests of the frames that were taken.
  var digest: UInt64 = 0
  var wasDrained = false
  /// Whether a wait lasted as long as it was allowed to.
  var sleptInVain = false
  var problem: String?
}

/// Frames of random sizes and bytes.
struct RandomTraffic: Sendable {
  private static let poolByteCount = 1 << 16
  private static let sizes = 14...1514

  let seed: UInt64
  let frameCount: Int

  /// Sends all frames on a queue, with flushes at random, and waits for their completions. One wait lasts no longer than
  /// `patience` nanoseconds.
  func run(on device: Device, queue: Int, number: Int? = nil, patience: UInt64 = 1_000_000) -> TrafficResult {
    var chance = SeededGenerator(seed: seed)
    let pool = chance.bytes(Self.poolByteCount)
    var result = TrafficResult()
    do {
      var sender = try device.makeSender(queue: queue, number: number)
      do {
        for _ in 0..<frameCount {
          let byteCount = Int.random(in: Self.sizes, using: &chance)
          let start = Int.random(in: 0...Self.poolByteCount - byteCount, using: &chance)
          let frame = pool.span.bytes.extracting(start..<start + byteCount)
          while try sender.send(frame) == .wouldBlock {
            try sender.flush()
            guard try sender.poll() == 0 else { continue }
            let start = MonotonicClock.monotonic.now()
            try sender.wait(timeout: patience)
            if MonotonicClock.monotonic.now() - start >= patience { result.sleptInVain = true }
          }
          result.digest &+= FrameDigest.hash(frame)
          if chance.next() % 8 == 0 { try sender.flush() }
          if chance.next() % 16 == 0 { try sender.poll() }
        }
        result.wasDrained = try sender.drain(timeout: 20_000_000_000)
      } catch {
        result.problem = "\(error)"
      }
      result.counters = sender.finish().counters
    } catch {
      result.problem = "\(error)"
    }
    return result
  }
}

/// A sink that takes no frame until it is opened.
private final class BlockedSink: FrameSink {
  private let isOpen = Atomic<Bool>(false)

  func open() { isOpen.store(true, ordering: .releasing) }

  func deliver(_ frame: RawSpan, timestamp: Int64) throws(SinkError) {
    // Bounded, so that a test that fails does not hang as well.
    let start = MonotonicClock.monotonic.now()
    while !isOpen.load(ordering: .acquiring), MonotonicClock.monotonic.now() - start < 5_000_000_000 {
      Processors.pause()
    }
  }
}
