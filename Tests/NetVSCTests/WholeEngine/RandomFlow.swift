import NetVSC
import TestSupport

/// One sender's traffic: frames of every kind, on every way there is.
struct RandomFlow: ~Copyable {
  struct Outcome: Sendable {
    let flow: Int
    var counters = QueueCounters()
    /// What must come out at the other end.
    var expected = FlowHistory()
    /// How often each frame that was lent came back.
    var returned: [Int] = []
    var problem: String?
  }

  /// What lies somewhere until it is given back.
  private enum Lent {
    case range(of: FrameMemory, byteCount: Int)
    case parts(PartedFrame)

    func spoil() {
      switch self {
      case .range(let memory, let byteCount): memory.write([UInt8](repeating: 0xEE, count: byteCount), at: 0)
      case .parts(let frame): frame.spoil()
      }
    }
  }

  private static let patience: UInt64 = 30_000_000_000

  private let device: Device
  private var sender: Sender
  private var chance: SeededGenerator
  private var outcome: Outcome
  /// What is lent, by its cookie.
  private var lent: [Lent] = []

  private init(_ flow: Int, _ sender: consuming Sender, _ device: Device, seed: UInt64) {
    self.sender = sender
    self.device = device
    chance = SeededGenerator(seed: seed)
    outcome = Outcome(flow: flow)
  }

  /// Runs a flow of its own on the calling thread.
  static func run(_ flow: Int, of scenario: Scenario, on device: Device, seed: UInt64) -> Outcome {
    let (queueCount, frameCount) = (scenario.configuration.queueCount, scenario.frameCount)
    do {
      let sender = try device.makeSender(queue: flow % queueCount, number: flow / queueCount)
      return RandomFlow(flow, sender, device, seed: seed).run(frameCount)
    } catch {
      var outcome = Outcome(flow: flow)
      outcome.problem = "\(error)"
      return outcome
    }
  }

  private consuming func run(_ frameCount: Int) -> Outcome {
    do {
      for _ in 0..<frameCount {
        try sendSomething()
        if chance.next() % 4 == 0 { try sender.flush() }
        if chance.next() % 4 == 0 { try poll() }
      }
      var returned: [UInt64] = []
      let isDrained = try sender.drain(timeout: Self.patience) { returned.append($0.cookie) }
      for cookie in returned { takeBack(cookie) }
      if !isDrained { outcome.problem = "not drained" }
    } catch {
      outcome.problem = "\(error)"
    }
    var outcome = outcome
    outcome.counters = sender.finish().counters
    return outcome
  }

  // MARK: Ways

  private mutating func sendSomething() throws {
    let sample = makeSample()
    let frame = sample.bytes
    switch chance.next() % 6 {
    case 0: try lend(frame, sample)
    case 1: try sendFromMemory(frame, sample)
    case 2: try reserve(frame, sample)
    case 3 where sample.offload == .none: try sendBurst(sample)
    case 4: try sendParts(frame, sample)
    default:
      let isTaken = try settle { sender throws(SenderError) in try sender.send(frame, offload: sample.offload) }
      if isTaken { expect(sample) }
    }
  }

  /// Lends a frame in up to three parts, with gaps between them.
  private mutating func lend(_ frame: [UInt8], _ sample: Sample) throws {
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
    let cookie = UInt64(lent.count)
    let isTaken = try settle { sender throws(SenderError) in
      try sender.submit(parts.span, of: memory, cookie: cookie, offload: sample.offload)
    }
    guard isTaken else { return }
    lent.append(.range(of: memory, byteCount: place))
    outcome.returned.append(0)
    expect(sample)
  }

  /// Lends or copies a frame in up to forty parts, of several memories and of private ones.
  private mutating func sendParts(_ frame: [UInt8], _ sample: Sample) throws {
    let cuts = (0..<Int.random(in: 0..<40, using: &chance)).map { _ in
      Int.random(in: 0...frame.count, using: &chance)
    }
    let byteCount = PartedFrame.byteCount(for: frame.count, cuts: cuts.count)
    let memories = try (0..<Int.random(in: 1...3, using: &chance)).map { _ in
      try device.allocate(byteCount: byteCount)
    }
    let parted = PartedFrame(frame, cutAt: cuts.sorted(), in: memories, using: &chance)
    let parts = parted.parts
    let cookie = UInt64(lent.count)
    if Bool.random(using: &chance) {
      let isTaken = try settle { sender throws(SenderError) in
        try sender.send(parts.span, offload: sample.offload)
      }
      parted.spoil()
      if isTaken { expect(sample) }
      return
    }
    let isTaken = try settle { sender throws(SenderError) in
      try sender.submit(parts.span, cookie: cookie, offload: sample.offload)
    }
    guard isTaken else { return }
    lent.append(.parts(parted))
    outcome.returned.append(0)
    expect(sample)
  }

  private mutating func sendFromMemory(_ frame: [UInt8], _ sample: Sample) throws {
    let memory = try device.allocate(byteCount: frame.count)
    memory.write(frame, at: 0)
    let range = FrameRange(byteOffset: 0, byteCount: UInt32(frame.count))
    let isTaken = try settle { sender throws(SenderError) in
      try sender.send(range, of: memory, offload: sample.offload)
    }
    if isTaken { expect(sample) }
  }

  private mutating func reserve(_ frame: [UInt8], _ sample: Sample) throws {
    while true {
      do throws(ReservationRefusal) {
        var reservation = try sender.reserve(frame.count, offload: sample.offload)
        for index in frame.indices {
          reservation.bytes.storeBytes(of: frame[index], toByteOffset: index, as: UInt8.self)
        }
        reservation.commit()
        return expect(sample)
      } catch .wouldBlock {
        // Where no section is to be had for long, it goes another way.
        if try !waitForRoom() { return try sendFromMemory(frame, sample) }
      } catch {
        return
      }
    }
  }

  private mutating func sendBurst(_ sample: Sample) throws {
    let samples = [sample] + (0..<Int(chance.next() % 12)).map { _ in makePlainSample() }
    let frames = samples.map(\.bytes)
    var ranges: [FrameRange] = []
    var bytes: [UInt8] = []
    for frame in frames {
      ranges.append(FrameRange(byteOffset: UInt32(bytes.count), byteCount: UInt32(frame.count)))
      bytes += frame
    }
    var next = 0
    while next < ranges.count {
      let before = sender.counters.refused.packets
      let taken = try sender.send(ranges.span.extracting(next..<ranges.count), in: bytes.span.bytes)
      // Which of them were refused is known by their size.
      let refused = sender.counters.refused.packets - before
      let carried = samples[next..<next + taken].filter { $0.byteCount <= sender.maximumFrameByteCount }
      if carried.count + Int(refused) != taken { outcome.problem = "of \(taken), \(refused) were refused" }
      for sample in carried { expect(sample) }
      next += taken
      if next < ranges.count { _ = try waitForRoom() }
    }
  }

  // MARK: Waiting

  /// Offers a frame until it is taken or refused. Returns whether it was taken.
  private mutating func settle(_ offer: (inout Sender) throws(SenderError) -> SendOutcome) throws -> Bool {
    while true {
      switch try offer(&sender) {
      case .taken: return true
      case .wouldBlock: _ = try waitForRoom()
      case .tooLarge, .tooShort: return false
      case .closing: throw SenderError.rescinded("closing")
      }
    }
  }

  /// Lets the host do something. Returns whether anything is in flight still, so that more will come back.
  private mutating func waitForRoom() throws -> Bool {
    try sender.flush()
    if try poll() == 0 { try sender.wait(timeout: 1_000_000) }
    return sender.inFlightCount > 0
  }

  @discardableResult
  private mutating func poll() throws -> Int {
    var cookies: [UInt64] = []
    let completed = try sender.poll { cookies.append($0.cookie) }
    for cookie in cookies { takeBack(cookie) }
    return completed
  }

  /// What came back is ours: nobody reads it any more.
  private mutating func takeBack(_ cookie: UInt64) {
    outcome.returned[Int(cookie)] += 1
    lent[Int(cookie)].spoil()
  }

  // MARK: Frames

  /// A frame, and what is asked for it.
  private struct Sample {
    /// nil for one that is nothing but Ethernet.
    var frame: TestFrame?
    var raw: [UInt8] = []
    var form = TestFrame.Form.finished
    var segmentByteCount: Int?
    var tag: UInt16?
    var offload = FrameOffload.none
    let flow: Int

    /// As it is offered.
    var bytes: [UInt8] { named(frame?.bytes(form) ?? raw) }

    var byteCount: Int { bytes.count }

    /// As it leaves.
    var segments: [[UInt8]] {
      guard let frame else { return [named(raw)] }
      let tagged = frame.tagged(tag)
      return (segmentByteCount.map { tagged.segments($0) } ?? [tagged]).map { named($0.bytes()) }
    }

    private func named(_ bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      bytes[5] = UInt8(flow)
      return bytes
    }
  }

  private mutating func expect(_ sample: Sample) {
    for segment in sample.segments { outcome.expected.append(segment.span.bytes) }
  }

  /// Nothing but addresses, a type, and bytes.
  private mutating func makePlainSample() -> Sample {
    let byteCount = [
      14, 15, 60, 64, Int.random(in: 14...1514, using: &chance), Int.random(in: 14...9500, using: &chance),
    ]
    var sample = Sample(flow: outcome.flow)
    sample.raw = chance.bytes(byteCount.randomElement(using: &chance)!)
    // A type for experiments.
    (sample.raw[12], sample.raw[13]) = (0x88, 0xB5)
    return sample
  }

  private mutating func makeSample() -> Sample {
    guard chance.next() % 2 == 0 else { return makePlainSample() }
    var sample = Sample(flow: outcome.flow)
    var frame = TestFrame()
    frame.isIPv6 = .random(using: &chance)
    let version: FrameOffload.IPVersion = frame.isIPv6 ? .v6 : .v4
    switch chance.next() % 4 {
    case 0:
      // Now and then as long as IP allows.
      let limit = chance.next() % 8 == 0 ? 65_000 : 12_000
      frame.payload = chance.bytes(Int.random(in: 1...limit, using: &chance))
      let segmentByteCount = Int.random(in: 500...1400, using: &chance)
      sample.segmentByteCount = segmentByteCount
      sample.offload = FrameOffload(
        segmentByteCount: segmentByteCount, of: version, tcpHeaderOffset: frame.transportOffset)
      sample.form = .largeSend
    case 1, 2:
      frame.isUDP = .random(using: &chance)
      frame.payload = chance.bytes(Int.random(in: 0...1200, using: &chance))
      var checksums: FrameOffload.Checksums = frame.isUDP ? .udp : .tcp
      if !frame.isIPv6 { checksums.insert(.ipv4Header) }
      sample.offload = FrameOffload(checksums, of: version, transportHeaderOffset: frame.transportOffset)
      sample.form = .withoutChecksums
    default:
      frame.payload = chance.bytes(Int.random(in: 0...1200, using: &chance))
    }
    if chance.next() % 4 == 0 {
      sample.tag = 7
      sample.offload.vlanTag = FrameOffload.VLANTag(vlanID: 7)
    }
    if chance.next() % 4 == 0 { sample.offload.flowHash = UInt32(truncatingIfNeeded: chance.next()) }
    sample.frame = frame
    return sample
  }
}
