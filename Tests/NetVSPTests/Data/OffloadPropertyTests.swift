import NetVSP
import PacketCapture
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Chance as the sender: whatever is asked for whatever frame, what leaves is what a sender without a host would have
/// sent.
@Suite struct OffloadPropertyTests {
  /// A frame, what is asked for it, and in how long segments.
  private struct Sample {
    var frame: TestFrame
    var segmentByteCount: Int?
    var tag: UInt16?
    var hasChecksums: Bool

    init(using generator: inout SeededGenerator, number: Int) {
      frame = TestFrame(payloadByteCount: 0)
      frame.isIPv6 = .random(using: &generator)
      frame.isUDP = .random(using: &generator)
      frame.sourcePort = UInt16(49_152 + number)
      let tagCount = Int.random(in: 0...2, using: &generator)
      frame.tags = (0..<tagCount).map { _ in UInt16(truncatingIfNeeded: generator.next()) }
      // Zeros end the options, and are the padding behind that.
      frame.ipOptions = [UInt8](repeating: 0, count: frame.isIPv6 ? 0 : 4 * .random(in: 0...10, using: &generator))
      frame.extensionHeaderCount = .random(in: 0...4, using: &generator)
      frame.tcpOptions = [UInt8](repeating: 0, count: 4 * .random(in: 0...10, using: &generator))
      frame.identification = UInt16(truncatingIfNeeded: generator.next())
      frame.sequenceNumber = UInt32(truncatingIfNeeded: generator.next())
      let isLarge = !frame.isUDP && .random(using: &generator)
      segmentByteCount = isLarge ? .random(in: 64...1300, using: &generator) : nil
      // Flags that open or reset a connection would make the frames' reader complain of what it finds behind them.
      frame.flags = TestFrame.ackFlag | UInt8(truncatingIfNeeded: generator.next()) & 0x89
      // Text: in bytes of any kind a reader would find protocols, and faults in them.
      let payload = generator.bytes(.random(in: 0...(isLarge ? 5000 : 1300), using: &generator))
      frame.payload = payload.map { 0x20 + $0 % 95 }
      tag = .random(using: &generator) ? UInt16(truncatingIfNeeded: generator.next()) : nil
      hasChecksums = .random(using: &generator)
    }

    var offload: PacketOffload {
      let offload =
        segmentByteCount.map { PacketOffload.largeSend(of: frame, $0) }
        ?? (hasChecksums ? PacketOffload.checksums(of: frame) : PacketOffload())
      return offload.tagged(tag)
    }

    /// As it is offered.
    var bytes: [UInt8] {
      frame.bytes(segmentByteCount != nil ? .largeSend : hasChecksums ? .withoutChecksums : .finished)
    }

    var segments: [TestFrame] {
      let tagged = frame.tagged(tag)
      return segmentByteCount.map { tagged.segments($0) } ?? [tagged]
    }
  }

  @Test("what leaves is what was offered, cut and finished", arguments: [false, true])
  func anything(byRanges: Bool) throws {
    var generator = SeededGenerator()
    let run = try OffloadRun()
    var expected: [[UInt8]] = []
    for number in 0..<150 {
      let sample = Sample(using: &generator, number: number)
      let bytes = sample.bytes
      if byRanges {
        let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
        #expect(try run.send(bytes, sample.offload, cuts: cuts) == .success, "seed \(generator.seed)")
      } else {
        #expect(try run.send(rndisPacket(bytes, sample.offload)) == .success, "seed \(generator.seed)")
      }
      expected += sample.segments.map { $0.bytes() }
    }
    #expect(run.sink.frames == expected, "seed \(generator.seed)")
    #expect(run.total.refusedOffloads == 0 && run.total.receivedPackets == 150)
  }

  @Test("tshark finds every checksum right, and nothing malformed", .peer("tshark"), arguments: [1, 2] as [UInt64])
  func soundByTShark(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let run = try OffloadRun()
    let samples = (0..<400).map { Sample(using: &generator, number: $0) }
    for sample in samples { #expect(try run.send(rndisPacket(sample.bytes, sample.offload)) == .success) }
    let folder = try TemporaryFolder()
    let path = folder.path("offloads.pcap")
    var writer = try CaptureWriter(path: path)
    for (index, frame) in run.sink.frames.enumerated() { try writer.append(frame, timestamp: Int64(1_000 * index)) }
    try writer.close()
    let counts = try SoundnessByTShark(of: path)
    #expect(counts.complaints == "")
    let segments = samples.flatMap(\.segments)
    #expect(counts.tcpCount == segments.count { !$0.isUDP } && counts.udpCount == segments.count { $0.isUDP })
    #expect(counts.ipv6Count == segments.count { $0.isIPv6 })
    #expect(counts.taggedCount == segments.count { !$0.tags.isEmpty })
    let cut = samples.filter { $0.segments.count > 1 }
    #expect(cut.contains { $0.frame.isIPv6 } && cut.contains { !$0.frame.isIPv6 })
  }
}
