import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What a packet's info may ask for: the frame has to allow it, whatever becomes of it.
@Suite struct RefusedOffloadTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let frame: [UInt8]
    let info: PerPacketInfo

    init(_ description: String, in frame: [UInt8] = RefusedOffloadTests.tcp, _ info: PerPacketInfo) {
      testDescription = description
      self.frame = frame
      self.info = info
    }
  }

  private static let tcp = TestFrame(payloadByteCount: 3000).bytes(.largeSend)
  private static let udp = TestFrame(isUDP: true, payloadByteCount: 3000).bytes(.withoutChecksums)
  private static let ipv6 = TestFrame(isIPv6: true, payloadByteCount: 3000).bytes(.largeSend)

  private static func checksum(_ work: TransmitChecksumInfo.Work, _ offset: UInt32) -> PerPacketInfo {
    .checksum(TransmitChecksumInfo(work, transportHeaderOffset: offset))
  }

  private static func largeSend(_ segmentByteCount: UInt32, _ offset: UInt32, isIPv6: Bool = false) -> PerPacketInfo {
    .largeSend(LargeSendInfo(segmentByteCount: segmentByteCount, tcpHeaderOffset: offset, isIPv6: isIPv6))
  }

  static let cases: [Case] = [
    Case("TCP inside the Ethernet header", checksum([.isIPv4, .tcp], 1)),
    Case("TCP inside IPv4", checksum([.isIPv4, .tcp], 33)),
    Case("TCP behind its place", checksum([.isIPv4, .tcp], 38)),
    Case("TCP in UDP", in: udp, checksum([.isIPv4, .tcp], 34)),
    Case("UDP in TCP", checksum([.isIPv4, .udp], 34)),
    Case("UDP inside IPv6", in: ipv6, checksum([.isIPv6, .udp], 53)),
    Case("TCP of the wrong version", checksum([.isIPv6, .tcp], 54)),
    Case("TCP behind the frame", in: Array(udp[..<100]), checksum([.isIPv4, .tcp], 100)),
    Case("a header checksum of IPv6", in: ipv6, checksum([.isIPv6, .ipv4Header], 54)),
    Case("a checksum without IP", in: [UInt8](repeating: 0x50, count: 100), checksum([.isIPv4, .tcp], 34)),
    Case("a frame that was cut", in: Array(udp[..<100]), checksum([.isIPv4, .udp], 34)),
    Case("a frame of one byte", in: [1], checksum([.isIPv4, .ipv4Header], 0)),
    Case("a large send of version 1", PerPacketInfo(type: .largeSend, value: 1000 | 34 << 20)),
    Case("a large send without TCP", in: udp, largeSend(1000, 34)),
    Case("a large send inside IPv4", largeSend(1000, 33)),
    Case("a large send of the wrong version", largeSend(1000, 54, isIPv6: true)),
    Case("segments of nothing", PerPacketInfo(type: .largeSend, value: 34 << 20 | 1 << 30)),
    Case("segments longer than the link takes", largeSend(1461, 34)),
    Case("segments longer than the link takes, IPv6", in: ipv6, largeSend(1441, 54, isIPv6: true)),
    Case("segments of a megabyte", largeSend(0xF_FFFF, 34)),
    Case("segments of a byte", largeSend(1, 34)),
    Case("a TCP header that is cut", in: Array(tcp[..<53]), largeSend(1000, 34)),
    Case("a TCP header without a length", in: tcp[..<46] + [0x00] + tcp[47...], largeSend(1000, 34)),
    Case("a TCP header longer than its frame", in: tcp[..<46] + [0xF0] + tcp[47..<90], largeSend(1000, 34)),
    Case("a tag in half an Ethernet header", in: [UInt8](0..<13), .vlanTag(VLANTagInfo(vlanID: 1))),
  ]

  @Test("its message fails alone, at every sink and wherever the frame lies", arguments: cases)
  func refused(example: Case) throws {
    for sink in [HostSink.null, .verify, .frames(CollectingSink())] {
      let host = try Host(HostConfiguration(execution: .inline, sink: sink))
      let guest = try ScriptedGuest(settingUp: host.offer)
      let message = rndisPacket(example.frame, info: [.hashValue(3), example.info])
      guest.fill(section: 0, message)
      try guest.send(section: 0, byteCount: message.count)
      // The same with the frame in a range of its own.
      let head = message.count - example.frame.count
      guest.fill(section: 1, Array(message[..<head]))
      try guest.send(ranges: [guest.lend(example.frame)], section: (1, head))
      guest.fill(section: 2, GoldenVectors.sectionImage.bytes)
      try guest.send(section: 2, byteCount: 120)
      #expect(try guest.primary.awaitAll().map(\.status) == [.failure, .failure, .success])
      let statistics = host.statistics()
      #expect(statistics.total.refusedOffloads == 2 && statistics.total.failures == 2)
      #expect(statistics.total.receivedPackets == 1 && statistics.total.deliveredPackets == 1)
      #expect(statistics.problem == nil)
    }
  }

  @Test("it takes the other packets of its message along")
  func wholeMessage() throws {
    let run = try OffloadRun()
    let frame = TestFrame(payloadByteCount: 40)
    let good = rndisPacket(frame.bytes(.withoutChecksums), .checksums(of: frame), alignment: 8)
    let bad = rndisPacket(frame.bytes(), info: [Self.checksum([.isIPv4, .udp], 34)], alignment: 8)
    #expect(try run.send(good + bad + good) == .failure)
    #expect(run.sink.frames.isEmpty && run.total.receivedPackets == 0 && run.total.refusedOffloads == 1)
  }
}
