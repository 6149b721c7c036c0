import SharedMemory
import TestSupport
import Testing
import VMBusRing

/// What a ring must do, told without indices: a queue of packets, and how many bytes they take.
private struct RingModel {
  let dataByteCount: UInt32
  /// Published and not read.
  var unread: [TestPacket] = []
  /// Read and not released.
  var held: [TestPacket] = []
  var writeIndex: UInt32
  var isMasked = false
  var pending: UInt32 = 0

  var readIndex: UInt32 { (writeIndex + dataByteCount - taken) % dataByteCount }
  var free: UInt32 { dataByteCount - taken }
  private var taken: UInt32 { Self.byteCount(unread) + Self.byteCount(held) }

  static func byteCount(_ packets: [TestPacket]) -> UInt32 { packets.reduce(0) { $0 + $1.ringByteCount } }

  /// How many of `count` packets of `byteCount` bytes fit.
  func fitting(_ count: Int, of byteCount: UInt32) -> Int { min(count, Int((free - 8) / byteCount)) }

  /// What a reservation of `byteCount` bytes must say, nil where it must succeed.
  func refusal(of byteCount: UInt32) -> RingError? {
    if byteCount >= dataByteCount { return .tooLarge(needed: byteCount, dataByteCount: dataByteCount) }
    return free > byteCount ? nil : .full(needed: byteCount, free: free)
  }

  mutating func publish(_ packets: [TestPacket]) -> Publication {
    let wasEmpty = unread.isEmpty && held.isEmpty
    unread += packets
    writeIndex = (writeIndex + Self.byteCount(packets)) % dataByteCount
    return wasEmpty && !isMasked ? .signal : .quiet
  }

  mutating func take() -> TestPacket? {
    guard !unread.isEmpty else { return nil }
    held.append(unread.removeFirst())
    return held.last
  }

  mutating func release() -> Bool {
    let before = free
    held = []
    return pending > 0 && before <= pending && free > pending
  }
}

@Suite("Any ring, driven at random")
struct RingPropertyTests {
  @Test(
    "behaves as a queue of packets in a limited number of bytes", arguments: RingVariant.all,
    [4096, 12288, 65536] as [Int])
  func model(variant: RingVariant, dataByteCount: Int) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var run = try RandomRun(variant: variant, dataByteCount: dataByteCount, seed: seed)
      for _ in 0..<400 { try run.step() }
    }
  }
}

/// One seeded sequence of operations on a ring and on its model.
private struct RandomRun: ~Copyable {
  private let variant: RingVariant
  private let test: TestRing
  private var random: SeededGenerator
  private var model: RingModel
  private var producer: ProducerUnderTest
  private var consumer: RingConsumer<MappedRing>
  private var nextID: UInt64 = 1
  private var stepCount = 0

  init(variant: RingVariant, dataByteCount: Int, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let start = UInt32.random(in: 0..<UInt32(dataByteCount) / 8, using: &random) * 8
    let test = try TestRing(dataByteCount: dataByteCount, mapping: variant.mapping, write: start, read: start)
    let producer = try ProducerUnderTest(variant.kind, test)
    let consumer = try RingConsumer(test.ring, keeper: test.view)
    (self.variant, self.test, self.random) = (variant, test, random)
    model = RingModel(dataByteCount: UInt32(dataByteCount), writeIndex: start)
    self.producer = producer
    self.consumer = consumer
  }

  mutating func step() throws {
    stepCount += 1
    switch Int.random(in: 0..<100, using: &random) {
    case ..<25: put()
    case ..<40: burst()
    case ..<45: try reserveAndAbort()
    case ..<75: try take()
    case ..<90: release()
    case ..<93: mask()
    case ..<96: try unmask()
    case ..<98: setPending()
    case ..<99: producer = try ProducerUnderTest(variant.kind, test)
    default: try replaceConsumer()
    }
    #expect(test[.writeIndex] == model.writeIndex, "\(place)")
    #expect(test[.readIndex] == model.readIndex, "\(place)")
    #expect(test[.interruptMask] == (model.isMasked ? 1 : 0), "\(place)")
  }

  private var place: String { "seed \(random.seed), step \(stepCount), \(variant): \(test)" }

  /// Mostly small packets, now and then one as large as the ring or larger.
  private mutating func packetByteCount() -> UInt32 {
    let most: UInt32 =
      switch Int.random(in: 0..<20, using: &random) {
      case 0: model.dataByteCount + 64
      case ..<4: 2048
      default: 200
      }
    return UInt32.random(in: 3...most / 8, using: &random) * 8
  }

  private mutating func packet(ringByteCount: UInt32) -> TestPacket {
    nextID += 1
    return TestPacket(nextID, ringByteCount: ringByteCount)
  }

  private mutating func put() {
    let packets = (0..<Int.random(in: 1...3, using: &random)).map { _ in packet(ringByteCount: packetByteCount()) }
    let byteCount = RingModel.byteCount(packets)
    let start = model.writeIndex
    let refusal = model.refusal(of: byteCount)
    do throws(RingError) {
      let publication = try producer.put(packets)
      #expect(refusal == nil, "\(place)")
      let expected = model.publish(packets)
      #expect(publication == expected, "\(place)")
      expectTrailers(of: packets, from: start)
    } catch {
      #expect(error == refusal, "\(place)")
    }
  }

  private mutating func burst() {
    let byteCount = packetByteCount()
    let count = Int.random(in: 1...40, using: &random)
    let fitting = model.fitting(count, of: byteCount)
    let start = model.writeIndex
    do throws(RingError) {
      var reservation = try producer.reserve(upTo: count, of: byteCount)
      let got = Int(reservation.byteCount / byteCount)
      let packets = (0..<got).map { _ in packet(ringByteCount: byteCount) }
      for packet in packets { producer.frame(packet, in: &reservation) }
      let publication = producer.commit(reservation)
      #expect(got == fitting, "\(place)")
      let expected = model.publish(packets)
      #expect(publication == expected, "\(place)")
      expectTrailers(of: packets, from: start)
    } catch {
      #expect(fitting == 0, "\(place)")
      #expect(error == model.refusal(of: byteCount), "\(place)")
    }
  }

  private mutating func reserveAndAbort() throws {
    let byteCount = packetByteCount()
    guard variant.kind == .exclusive, model.refusal(of: byteCount) == nil else { return }
    let left = producer.abort(try producer.reserve(byteCount)) == nil
    #expect(left, "\(place)")
  }

  private mutating func take() throws {
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let packet = try consumer.take()
      let expected = model.take()
      #expect(packet == expected, "\(place)")
    }
  }

  private mutating func release() {
    let signals = consumer.release()
    let expected = model.release()
    #expect(signals == expected, "\(place)")
  }

  private mutating func mask() {
    consumer.mask()
    model.isMasked = true
  }

  private mutating func unmask() throws {
    release()
    let isThere = try consumer.unmask()
    #expect(isThere == !model.unread.isEmpty, "\(place)")
    model.isMasked = isThere
  }

  private mutating func setPending() {
    model.pending = Bool.random(using: &random) ? 0 : UInt32.random(in: 1..<model.dataByteCount / 8, using: &random) * 8
    test[.pendingSendSize] = model.pending
  }

  /// A reader that starts anew finds what the last one had not released.
  private mutating func replaceConsumer() throws {
    consumer = try RingConsumer(test.ring, keeper: test.view)
    model.unread = model.held + model.unread
    model.held = []
  }

  private func expectTrailers(of packets: [TestPacket], from start: UInt32) {
    var start = start
    for packet in packets {
      let end = (start + packet.ringByteCount) % model.dataByteCount
      let trailer = test.data(at: Int((end + model.dataByteCount - 8) % model.dataByteCount), count: 8)
      let expected = [0, 0, 0, 0] + (0..<4).map { UInt8(truncatingIfNeeded: start >> (8 * $0)) }
      #expect(trailer == expected, "\(place)")
      start = end
    }
  }
}
