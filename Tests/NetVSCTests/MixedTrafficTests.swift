import NetVSC
import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Frames of every kind, on every way")
struct MixedTrafficTests {
  @Test(
    "reach the host as they were offered, and come back once",
    arguments: EndToEndTests.variants, [(4, 1), (64, 16)])
  func everyWay(variant: EndToEndTests.Variant, sizes: (ringPages: Int, places: Int)) throws {
    let host = try variant.makeHost()
    var configuration = DeviceConfiguration()
    configuration.ringMode = variant.ringMode
    configuration.ringByteCount = sizes.ringPages * 4096
    configuration.sectionsPerQueue = sizes.places
    configuration.lentFramesPerQueue = sizes.places
    configuration.largeBuffersPerQueue = sizes.places
    configuration.copyThreshold = 500
    let device = try Device.open(host.offer, configuration)
    var run = try MixedTraffic(device, seed: SeededGenerator(for: "mixed traffic, \(variant.testDescription)").seed)
    try run.send(600)
    let result = try run.finish()
    device.close()
    let statistics = host.statistics()
    host.shutDown()
    #expect(statistics.problem == nil)
    #expect(statistics.total.violations == 0)
    #expect(result.counters.completed == result.counters.offered)
    #expect(result.counters.offered.packets == 600)
    #expect(statistics.total.receivedBytes == result.counters.completed.bytes)
    #expect(statistics.total.receivedPackets == 600)
    #expect(statistics.total.deliveredPackets > 600)
    #expect(statistics.total.digest == result.digest)
    #expect(result.counters.largeCopies > 0)
    #expect(result.counters.lentFrames > result.lentCount)
    #expect(result.returned == (0..<result.lentCount).map { _ in 1 })
  }
}

/// A sender that offers frames of every kind, on every way there is.
private struct MixedTraffic: ~Copyable {
  struct Result {
    let counters: QueueCounters
    let digest: UInt64
    /// How many frames were lent for a cookie, and how often each came back.
    let lentCount: UInt64
    let returned: [Int]
  }

  private let device: Device
  private var sender: Sender
  private var chance: SeededGenerator
  private var digest: UInt64 = 0
  private var returned: [Int] = []

  init(_ device: Device, seed: UInt64) throws {
    self.device = device
    sender = try device.makeSender(queue: 0)
    chance = SeededGenerator(seed: seed)
  }

  mutating func send(_ count: Int) throws {
    for _ in 0..<count {
      let (frame, offload) = makeFrame()
      digest &+= FrameDigest.hash(frame.span.bytes)
      switch chance.next() % 4 {
      case 0: try lend(frame, offload)
      case 1 where offload == .none: try sendFromMemory(frame)
      default:
        while try sender.send(frame, offload: offload) == .wouldBlock { try waitForRoom() }
      }
      if chance.next() % 4 == 0 { try sender.flush() }
      if chance.next() % 8 == 0 { try poll() }
    }
  }

  consuming func finish() throws -> Result {
    var returned = returned
    let isDrained = try sender.drain(timeout: 20_000_000_000) { returned[Int($0.cookie)] += 1 }
    #expect(isDrained)
    let (digest, lentCount) = (digest, UInt64(returned.count))
    let counters = sender.finish { returned[Int($0.cookie)] += 1 }.counters
    return Result(counters: counters, digest: digest, lentCount: lentCount, returned: returned)
  }

  private mutating func makeFrame() -> ([UInt8], FrameOffload) {
    var frame = TestFrame()
    frame.isIPv6 = Bool.random(using: &chance)
    var offload = FrameOffload.none
    var form = TestFrame.Form.finished
    let version: FrameOffload.IPVersion = frame.isIPv6 ? .v6 : .v4
    switch chance.next() % 4 {
    case 0:
      frame.payload = chance.bytes(Int.random(in: 0...20_000, using: &chance))
      offload = FrameOffload(segmentByteCount: 8000, of: version, tcpHeaderOffset: frame.transportOffset)
      form = .largeSend
    case 1:
      frame.payload = chance.bytes(Int.random(in: 0...1000, using: &chance))
      offload = FrameOffload(.tcp, of: version, transportHeaderOffset: frame.transportOffset)
      form = .withoutChecksums
    default:
      frame.payload = chance.bytes(Int.random(in: 0...(chance.next() % 8 == 0 ? 9000 : 800), using: &chance))
    }
    if chance.next() % 4 == 0, form != .finished { offload.vlanTag = FrameOffload.VLANTag(vlanID: 7) }
    return (frame.bytes(form), offload)
  }

  /// Lends a frame in up to three parts, with gaps between them.
  private mutating func lend(_ frame: [UInt8], _ offload: FrameOffload) throws {
    let memory = try device.allocate(byteCount: frame.count + 3 * 5000)
    let cuts = (0..<2).map { _ in Int.random(in: 0...frame.count, using: &chance) }.sorted()
    var parts: [FrameRange] = []
    var place = 0
    for (start, end) in zip([0] + cuts, cuts + [frame.count]) where start < end {
      place += Int.random(in: 0...5000, using: &chance)
      memory.write(Array(frame[start..<end]), at: place)
      parts.append(FrameRange(byteOffset: UInt32(place), byteCount: UInt32(end - start)))
      place += end - start
    }
    let cookie = UInt64(returned.count)
    returned.append(0)
    while try sender.submit(parts.span, of: memory, cookie: cookie, offload: offload) == .wouldBlock {
      try waitForRoom()
    }
  }

  private mutating func sendFromMemory(_ frame: [UInt8]) throws {
    let memory = try device.allocate(byteCount: frame.count)
    memory.write(frame, at: 0)
    let range: InlineArray<1, FrameRange> = [FrameRange(byteOffset: 0, byteCount: UInt32(frame.count))]
    while try sender.send(range.span, of: memory) == 0 { try waitForRoom() }
  }

  private mutating func waitForRoom() throws {
    try sender.flush()
    if try poll() == 0 { try sender.wait(timeout: 1_000_000) }
  }

  @discardableResult
  private mutating func poll() throws -> Int {
    var cookies: [UInt64] = []
    let completed = try sender.poll { cookies.append($0.cookie) }
    for cookie in cookies { returned[Int(cookie)] += 1 }
    return completed
  }
}
