import NetworkInterface
import SharedMemory
import TestSupport
import Testing
import VirtualSwitch

@Suite("TCP segments joined into one frame")
struct JoinedSegmentsTests {
  /// What came out, and how many segments it stands for where that is more than one.
  private struct Output: Equatable {
    let bytes: [UInt8]
    let large: LargeFrame?
  }

  /// Gives frames in, in their order, and collects what goes on.
  private func join(_ frames: [[UInt8]]) -> [Output] {
    var joined = JoinedSegments()
    var outputs: [Output] = []
    let collect = { (frame: RawSpan, large: LargeFrame?) in
      outputs.append(Output(bytes: frame.withUnsafeBytes { Array($0) }, large: large))
    }
    for frame in frames { joined.add(frame.span.bytes, to: collect) }
    joined.flush(to: collect)
    return outputs
  }

  /// A segment of a stream whose bytes are those of `payload`, from `offset` on.
  private func segment(
    _ payload: [UInt8], _ range: Range<Int>, flags: UInt8 = TestFrame.ackFlag,
    change: (inout TestFrame) -> Void = { _ in }
  ) -> TestFrame {
    var frame = TestFrame()
    frame.payload = Array(payload[range])
    frame.sequenceNumber = 0xFFFF_FF00 &+ UInt32(range.lowerBound)
    frame.identification = UInt16(range.lowerBound / 100)
    frame.flags = flags
    change(&frame)
    return frame
  }

  private let payload = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }

  @Test(
    "that follow each other, the last one shorter", arguments: [false, true],
    [[], [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8]])
  func follow(isIPv6: Bool, options: [UInt8]) {
    let change = { (frame: inout TestFrame) in
      frame.isIPv6 = isIPv6
      frame.tcpOptions = options
    }
    let frames = [0..<400, 400..<800, 800..<1000].map {
      segment(payload, $0, flags: TestFrame.ackFlag | ($0.upperBound == 1000 ? TestFrame.pushFlag : 0), change: change)
    }
    let whole = segment(payload, 0..<1000, flags: TestFrame.ackFlag | TestFrame.pushFlag, change: change)
    // The system wants the sum of the pseudo header, and all else right.
    var expected = whole.bytes(.withoutChecksums)
    expected.replaceSubrange(0..<whole.transportOffset, with: whole.bytes()[0..<whole.transportOffset])
    let large = LargeFrame(
      isIPv6: isIPv6, tcpOffset: whole.transportOffset, payloadOffset: whole.payloadOffset, segmentByteCount: 400)
    #expect(join(frames.map { $0.bytes() }) == [Output(bytes: expected, large: large)])
  }

  @Test("but not into more than a packet holds")
  func limit() {
    let payload = [UInt8](repeating: 0x5A, count: 1460 * 60)
    let frames = (0..<60).map { segment(payload, $0 * 1460..<($0 + 1) * 1460).bytes() }
    let outputs = join(frames)
    #expect(outputs.map { $0.bytes.count - 54 } == [1460 * 44, 1460 * 16])
  }

  @Test("only where none is missing, and all is the same but what counts on", arguments: 0..<8)
  func differs(which: Int) {
    let first = segment(payload, 0..<400)
    var second = segment(payload, 400..<800)
    switch which {
    case 0: second.sequenceNumber &+= 1
    case 1: second.sourcePort += 1
    case 2: second.flags |= TestFrame.finFlag
    case 3: second.flags |= TestFrame.congestionWindowReducedFlag
    case 4: second.changeAddresses { $0[3] += 1 }
    case 5: second.tcpOptions = [1, 1, 1, 1]
    case 6: second.payload += [0]
    default: second.tags = [5]
    }
    let frames = [first.bytes(), second.bytes()]
    #expect(join(frames) == frames.map { Output(bytes: $0, large: nil) })
  }

  @Test("none behind one that is pushed, or shorter", arguments: [true, false])
  func complete(isPushed: Bool) {
    let end = isPushed ? 800 : 799
    let frames = [
      segment(payload, 0..<400).bytes(),
      segment(payload, 400..<end, flags: isPushed ? TestFrame.ackFlag | TestFrame.pushFlag : TestFrame.ackFlag).bytes(),
      segment(payload, end..<1000).bytes(),
    ]
    let outputs = join(frames)
    #expect(outputs.map { $0.large != nil } == [true, false])
    #expect(outputs.last?.bytes == frames.last)
  }

  @Test("none for a while behind one that is missing, or comes again", arguments: [1600, 400])
  func gap(offset: Int) {
    let payload = [UInt8](repeating: 0x5A, count: 100_000)
    let starts = [0, 400, 800] + (0..<100).map { offset + 400 * $0 }
    let outputs = join(starts.map { segment(payload, $0..<$0 + 400).bytes() })
    let counts = outputs.map { ($0.bytes.count - 54) / 400 }
    #expect(counts == [3] + [Int](repeating: 1, count: 64) + [36])
  }

  @Test("none that is damaged, wherever that is")
  func damage() {
    let first = segment(payload, 0..<400).bytes()
    let second = segment(payload, 400..<800).bytes()
    // All but the addresses and the type of Ethernet, over which there is no sum.
    for offset in 14..<second.count {
      var damaged = second
      damaged[offset] ^= 0x10
      #expect(join([first, damaged]) == [first, damaged].map { Output(bytes: $0, large: nil) }, "byte \(offset)")
      #expect(join([damaged]) == [Output(bytes: damaged, large: nil)], "byte \(offset)")
    }
  }

  @Test("and other frames go as they are, in their order")
  func others() {
    var datagram = TestFrame()
    datagram.isUDP = true
    datagram.payload = [1, 2, 3]
    let frames = [
      segment(payload, 0..<400).bytes(), datagram.bytes(), segment(payload, 400..<800).bytes(),
      segment(payload, 800..<800).bytes(), [UInt8](repeating: 0, count: 60), [],
    ]
    #expect(join(frames) == frames.map { Output(bytes: $0, large: nil) })
  }
}
