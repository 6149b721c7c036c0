import TestSupport
import Testing
import WireFormats

@Suite("Segmentation")
struct SegmentationTests {
  private func info(_ segmentByteCount: Int, _ frame: TestFrame, offset: Int? = nil) -> PacketOffload.Transport {
    .largeSend(
      LargeSendInfo(
        segmentByteCount: UInt32(segmentByteCount), tcpHeaderOffset: UInt32(offset ?? frame.transportOffset),
        isIPv6: frame.isIPv6))
  }

  /// The segments of a frame as it is offered for a large send.
  private func cut(_ frame: TestFrame, _ segmentByteCount: Int, offset: Int? = nil) throws -> [[UInt8]] {
    let bytes = frame.bytes(.largeSend)
    let work = try work(info(segmentByteCount, frame, offset: offset), for: bytes, limit: 9000)
    let segmentation = try #require(work.segmentation)
    #expect(work.payload == segmentation.payload && segmentation.count == work.madeFrameCount)
    return (0..<segmentation.count).map { index in
      let segment = bytes[..<segmentation.payload.lowerBound] + bytes[segmentation.payload(ofSegment: index)]
      return poisoned(segment.count) { out in
        out.copyBytes(Array(segment).span.bytes, at: 0)
        segmentation.finish(index, in: &out)
      }
    }
  }

  private func frame(isIPv6: Bool = false, payloadByteCount: Int) -> TestFrame {
    var frame = TestFrame()
    frame.isIPv6 = isIPv6
    frame.payload = (0..<payloadByteCount).map { UInt8(truncatingIfNeeded: 13 * $0) }
    return frame
  }

  @Test("two segments of the golden frame, byte for byte")
  func golden() throws {
    var bytes = GoldenVectors.frame.bytes
    // As a large send: lengths and checksums without those of the packet.
    bytes.replaceSubrange(16..<18, with: [0, 0])
    bytes.replaceSubrange(24..<26, with: [0, 0])
    bytes.replaceSubrange(50..<52, with: [0x84, 0x0A])
    let info = LargeSendInfo(segmentByteCount: 4, tcpHeaderOffset: 34, isIPv6: false)
    let segmentation = try #require(try work(.largeSend(info), for: bytes).segmentation)
    #expect(segmentation.count == 2)
    let segments = (0..<2).map { index in
      let part = Array(bytes[..<54] + bytes[segmentation.payload(ofSegment: index)])
      return poisoned(part.count) { out in
        out.copyBytes(part.span.bytes, at: 0)
        segmentation.finish(index, in: &out)
      }
    }
    // Lengths 44 and 42, ids 0x1234 and 0x1235, PSH in the second, which begins 4 later; sums by another program.
    let first = HexVector(
      """
      0000  00 15 5d 01 02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2c 12 34 40 00 40 06 a4 94 c0 00 02 01 c0 00
      0020  02 02 c0 00 00 50 01 02 03 04 05 06 07 08 50 10 ff f0 be d9 00 00 53 57 49 46
      """)
    let second = HexVector(
      """
      0000  00 15 5d 01 02 03 00 15 5d 0a 0b 0c 08 00 45 00 00 2a 12 35 40 00 40 06 a4 95 c0 00 02 01 c0 00
      0020  02 02 c0 00 00 50 01 02 03 08 05 06 07 08 50 18 ff f0 07 4c 00 00 54 21
      """)
    #expect(segments == [first.bytes, second.bytes])
  }

  @Test("segments are those written out", arguments: [false, true], [0, 1, 99, 100, 101, 1000, 1001])
  func reference(isIPv6: Bool, payloadByteCount: Int) throws {
    var frame = frame(isIPv6: isIPv6, payloadByteCount: payloadByteCount)
    frame.padding = []
    for more in [0, 2] {
      frame.tags = [UInt16](repeating: 9, count: more)
      frame.extensionHeaderCount = more
      frame.ipOptions = [UInt8](repeating: 1, count: isIPv6 ? 0 : 4 * more)
      frame.tcpOptions = [UInt8](repeating: 1, count: 20 * more)
      for offset in [0, frame.transportOffset] {
        #expect(try cut(frame, 100, offset: offset) == frame.segments(100).map { $0.bytes() })
      }
    }
  }

  @Test("flags, ids and sequence numbers at their ends")
  func ends() throws {
    var frame = frame(payloadByteCount: 250)
    frame.flags = 0xFF
    frame.identification = 0xFFFF
    frame.sequenceNumber = 0xFFFF_FFF0
    let segments = try cut(frame, 100)
    #expect(segments == frame.segments(100).map { $0.bytes() })
    #expect(segments.map { $0[47] } == [0xF6, 0x76, 0x7F])
    #expect(segments.map { Array($0[18..<20]) } == [[0xFF, 0xFF], [0, 0], [0, 1]])
  }

  @Test("a length of the packet is believed: padding is not sent")
  func padding() throws {
    var frame = frame(payloadByteCount: 150)
    frame.padding = [1, 2, 3, 4]
    let bytes = frame.bytes(.withoutChecksums)
    let work = try work(info(100, frame), for: bytes)
    #expect(work.payload == frame.payloadOffset..<frame.payloadOffset + 150)
  }

  @Test("segments are no longer than the link takes, and not empty")
  func segmentSizes() throws {
    let frame = frame(payloadByteCount: 5000)
    let bytes = frame.bytes(.largeSend)
    #expect(try work(info(1460, frame), for: bytes, limit: 1500).madeFrameCount == 4)
    #expect(throws: OffloadError.segmentByteCount(1461)) { try work(info(1461, frame), for: bytes, limit: 1500) }
    #expect(throws: OffloadError.segmentByteCount(0)) {
      try work(.largeSend(LargeSendInfo(rawValue: 34 << 20 | 1 << 30)), for: bytes)
    }
    // Nothing is longer than the packet itself.
    let short = self.frame(payloadByteCount: 100).bytes(.largeSend)
    #expect(try work(info(1 << 20 - 1, frame), for: short, limit: 1500).madeFrameCount == 1)
  }

  @Test("more segments than sense are refused")
  func segmentCounts() throws {
    let frame = frame(payloadByteCount: 2048)
    #expect(try work(info(2, frame), for: frame.bytes(.largeSend)).madeFrameCount == 1024)
    #expect(throws: OffloadError.segmentCount(2048)) { try work(info(1, frame), for: frame.bytes(.largeSend)) }
  }

  @Test("what is no TCP, or not whole, is not cut")
  func refused() {
    let whole = frame(payloadByteCount: 5)
    var bytes = whole.bytes(.largeSend)
    #expect(throws: OffloadError.largeSendVersion) {
      try work(.largeSend(LargeSendInfo(rawValue: 9 | 34 << 20)), for: bytes)
    }
    for (length, byteCount) in [(0x40, 16), (0x00, 0), (0x70, 28), (0xF0, 60)] as [(UInt8, Int)] {
      bytes[46] = length
      #expect(throws: OffloadError.headerOutOfBounds(.tcp, byteCount: byteCount)) {
        try work(info(100, whole), for: bytes)
      }
    }
    var udp = whole
    udp.isUDP = true
    #expect(throws: OffloadError.noHeader(.tcp, offset: 34)) { try work(info(100, udp), for: udp.bytes(.largeSend)) }
    #expect(throws: OffloadError.noHeader(.tcp, offset: 38)) {
      try work(info(100, whole, offset: 38), for: whole.bytes(.largeSend))
    }
    var ipv6 = whole
    ipv6.isIPv6 = true
    #expect(throws: OffloadError.noPacket(.v4)) { try work(info(100, whole), for: ipv6.bytes(.largeSend)) }
  }
}
