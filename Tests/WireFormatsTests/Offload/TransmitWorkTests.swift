import TestSupport
import Testing
import WireFormats

/// What is asked for `frame`, with the bytes it has in `form`.
func work(
  _ transport: PacketOffload.Transport, vlanTag: VLANTagInfo? = nil, for bytes: [UInt8], limit: Int = 1500
) throws(OffloadError) -> TransmitWork {
  let offload = PacketOffload(transport: transport, vlanTag: vlanTag)
  let headers = bytes.span.bytes.extracting(first: TransmitWork.headerByteCount(for: offload))
  return try TransmitWork(offload, headers: headers, frameByteCount: bytes.count, packetByteCountLimit: limit)
}

@Suite("Transmit work")
struct TransmitWorkTests {
  typealias Work = TransmitChecksumInfo.Work

  private func checksums(_ work: Work, _ offset: Int) -> PacketOffload.Transport {
    .checksum(TransmitChecksumInfo(work, transportHeaderOffset: UInt32(offset)))
  }

  private func filled(_ work: TransmitWork, _ bytes: [UInt8]) -> [UInt8] {
    poisoned(bytes.count) { out in
      out.copyBytes(bytes.span.bytes, at: 0)
      work.fillChecksums(in: &out)
    }
  }

  @Test("the golden frame's checksum becomes the one the host is known to compute")
  func golden() throws {
    let frame = GoldenVectors.frame.bytes
    let filled = filled(try work(checksums([.isIPv4, .tcp], 34), for: frame), frame)
    #expect(Array(filled[50..<52]) == [0x6A, 0xAE])
    #expect(filled[..<50] == frame[..<50] && filled[52...] == frame[52...])
  }

  @Test(
    "every checksum is the one written out", arguments: [false, true],
    [0, 1, 2, 7, 26, 1400])
  func checksums(isUDP: Bool, payloadByteCount: Int) throws {
    var frame = TestFrame()
    frame.isUDP = isUDP
    frame.payload = (0..<payloadByteCount).map { UInt8(truncatingIfNeeded: 7 * $0) }
    frame.padding = [1, 2, 3]
    for tags in [[], [5], [5, 6]] as [[UInt16]] {
      for (isIPv6, more) in [(false, 0), (false, 10), (true, 0), (true, 3)] {
        frame.tags = tags
        frame.isIPv6 = isIPv6
        frame.ipOptions = isIPv6 ? [] : [UInt8](repeating: 1, count: 4 * more)
        frame.extensionHeaderCount = isIPv6 ? more : 0
        let asked: Work = [isIPv6 ? .isIPv6 : [.isIPv4, .ipv4Header], isUDP ? .udp : .tcp]
        let bytes = frame.bytes(.withoutChecksums)
        for offset in [0, frame.transportOffset] {
          let work = try work(checksums(asked, offset), for: bytes)
          #expect(filled(work, bytes) == frame.bytes())
          #expect(work.madeFrameCount == 1 && work.madeByteCount == bytes.count)
        }
      }
    }
  }

  @Test("only what is asked for is filled")
  func parts() throws {
    let frame = TestFrame()
    let (before, after) = (frame.bytes(.withoutChecksums), frame.bytes())
    let header = filled(try work(checksums([.isIPv4, .ipv4Header], 0), for: before), before)
    #expect(header[..<34] == after[..<34] && header[34...] == before[34...])
    let transport = filled(try work(checksums([.isIPv4, .tcp], 34), for: before), before)
    #expect(transport[..<34] == before[..<34] && transport[34...] == after[34...])
    #expect(filled(try work(.none, for: before), before) == before)
    #expect(filled(try work(checksums(.isIPv4, 34), for: before), before) == before)
  }

  @Test("in UDP a sum of zero is sent as its other form, in TCP it stays", arguments: [true, false])
  func zero(isUDP: Bool) throws {
    var frame = TestFrame()
    frame.isUDP = isUDP
    frame.payload = [0, 0]
    let offset = frame.payloadOffset
    // The two bytes that bring the sum to all ones.
    let sum = frame.bytes()[(frame.transportOffset + (isUDP ? 6 : 16))...].prefix(2)
    frame.payload = Array(sum)
    let bytes = frame.bytes(.withoutChecksums)
    let filled = filled(try work(checksums([.isIPv4, isUDP ? .udp : .tcp], 0), for: bytes), bytes)
    let field = frame.transportOffset + (isUDP ? 6 : 16)
    #expect(Array(filled[field..<field + 2]) == (isUDP ? [0xFF, 0xFF] : [0, 0]))
    #expect(Array(filled[offset...]) == frame.payload)
  }

  @Test("a tag adds its bytes to each frame")
  func tags() throws {
    var frame = TestFrame()
    frame.payload = [UInt8](repeating: 1, count: 100)
    let bytes = frame.bytes(.largeSend)
    let tag = VLANTagInfo(vlanID: 7)
    let whole = try work(.none, vlanTag: tag, for: bytes)
    #expect(whole.madeFrameCount == 1 && whole.madeByteCount == bytes.count + 4)
    let info = LargeSendInfo(segmentByteCount: 30, tcpHeaderOffset: 34, isIPv6: false)
    let cut = try work(.largeSend(info), vlanTag: tag, for: bytes)
    #expect(cut.madeFrameCount == 4 && cut.madeByteCount == 4 * (54 + 4) + 100)
  }

  @Test("headers have to be where they are said to be")
  func refusedOffsets() {
    let frame = TestFrame().bytes(.withoutChecksums)
    for offset in [1, 14, 33, 35, 54, 1023] {
      #expect(throws: OffloadError.noHeader(.tcp, offset: UInt32(offset))) {
        try work(checksums([.isIPv4, .tcp], offset), for: frame)
      }
    }
    #expect(throws: OffloadError.noHeader(.udp, offset: 34)) { try work(checksums([.isIPv4, .udp], 34), for: frame) }
    #expect(throws: OffloadError.noPacket(.v6)) { try work(checksums([.isIPv6, .tcp], 34), for: frame) }
    #expect(throws: OffloadError.frameTooShort(13)) {
      try work(.none, vlanTag: VLANTagInfo(vlanID: 1), for: Array(frame[..<13]))
    }
  }

  @Test("a header behind more extension headers than an offset can pass is not found, told or not")
  func longChains() {
    var ipv6 = TestFrame()
    ipv6.isIPv6 = true
    ipv6.extensionHeaderCount = 1
    var frame = ipv6.bytes(.withoutChecksums)
    // One header of 8 + 8 * 121 bytes in place of that of 8, so that TCP begins at 1030.
    frame.insert(contentsOf: [UInt8](repeating: 0, count: 8 * 121), at: 62)
    frame[55] = 121
    frame.replaceSubrange(18..<20, with: [UInt8((frame.count - 54) >> 8), UInt8((frame.count - 54) & 0xFF)])
    #expect(throws: OffloadError.noHeader(.tcp, offset: 0)) { try work(checksums([.isIPv6, .tcp], 0), for: frame) }
    let offload = PacketOffload(transport: checksums([.isIPv6, .tcp], 0))
    #expect(throws: OffloadError.noHeader(.tcp, offset: 0)) {
      try TransmitWork(offload, headers: frame.span.bytes, frameByteCount: frame.count, packetByteCountLimit: 1500)
    }
  }

  @Test("of two versions the fourth wins, of two protocols TCP")
  func precedence() throws {
    let frame = TestFrame()
    let before = frame.bytes(.withoutChecksums)
    let both: Work = [.isIPv4, .isIPv6, .tcp, .udp, .ipv4Header]
    #expect(filled(try work(checksums(both, 34), for: before), before) == frame.bytes())
  }

  @Test("a packet that is not whole, a fragment, and frames that hold no IP are refused")
  func refusedPackets() {
    var frame = TestFrame().bytes(.withoutChecksums)
    for count in 14..<frame.count {
      #expect(throws: OffloadError.noPacket(.v4)) {
        try work(checksums([.isIPv4, .tcp], 34), for: Array(frame[..<count]))
      }
    }
    frame[20] = 0x20
    #expect(throws: OffloadError.noHeader(.tcp, offset: 34)) { try work(checksums([.isIPv4, .tcp], 34), for: frame) }
    #expect(throws: OffloadError.noPacket(.v4)) {
      try work(checksums([.isIPv4, .ipv4Header], 0), for: [UInt8](repeating: 0x50, count: 100))
    }
    var ipv6 = TestFrame()
    ipv6.isIPv6 = true
    #expect(throws: OffloadError.noPacket(.v4)) {
      try work(checksums([.isIPv6, .ipv4Header], 0), for: ipv6.bytes())
    }
  }

  @Test("a packet that is too short for its transport header is refused", arguments: [20, 39])
  func shortPackets(byteCount: UInt8) {
    var frame = TestFrame().bytes(.withoutChecksums)
    frame[17] = byteCount
    #expect(throws: OffloadError.headerOutOfBounds(.tcp, byteCount: 20)) {
      try work(checksums([.isIPv4, .tcp], 34), for: frame)
    }
  }

  @Test("whatever is asked for whatever frame, nothing traps and nothing but the frame is touched")
  func hostile() {
    var generator = SeededGenerator()
    var takenCount = 0
    for _ in 0..<20_000 {
      var frame = TestFrame()
      frame.isIPv6 = .random(using: &generator)
      frame.isUDP = .random(using: &generator)
      frame.payload = generator.bytes(.random(in: 0...40, using: &generator))
      let bytes = HostileBytes.spoiled(
        frame.bytes(TestFrame.Form.allCases.randomElement(using: &generator) ?? .finished), using: &generator)
      let info = UInt32(truncatingIfNeeded: generator.next())
      let offset = Bool.random(using: &generator) ? UInt32(frame.transportOffset) : info >> 16 & 0x3FF
      let transport: PacketOffload.Transport =
        Bool.random(using: &generator)
        ? .checksum(TransmitChecksumInfo(rawValue: info & 0x1F | offset << 16))
        : .largeSend(LargeSendInfo(rawValue: info & 0xC000_003F | offset << 20))
      guard let work = try? work(transport, for: bytes) else { continue }
      takenCount += 1
      #expect(work.payload.lowerBound >= 0 && work.payload.upperBound <= bytes.count)
      guard let segmentation = work.segmentation else {
        _ = filled(work, bytes)
        continue
      }
      for index in 0..<segmentation.count {
        let part = Array(bytes[segmentation.payload(ofSegment: index)])
        let segment = Array(bytes[..<segmentation.payload.lowerBound]) + part
        _ = poisoned(segment.count) { out in
          out.copyBytes(segment.span.bytes, at: 0)
          segmentation.finish(index, in: &out)
        }
      }
    }
    #expect(takenCount > 1000, "seed \(generator.seed)")
  }
}
