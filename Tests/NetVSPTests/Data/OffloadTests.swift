import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Checksums and tags: what a packet's info asks for is done before its frame goes on.
@Suite struct OffloadTests {
  @Test("checksums are filled, wherever the frame lies", arguments: HostVariant.all)
  func checksums(variant: HostVariant) throws {
    let run = try OffloadRun(variant)
    var expected: [[UInt8]] = []
    for (isIPv6, isUDP) in [(false, false), (false, true), (true, false), (true, true)] {
      let frame = TestFrame(isIPv6: isIPv6, isUDP: isUDP, payloadByteCount: 101)
      let (bytes, offload) = (frame.bytes(.withoutChecksums), PacketOffload.checksums(of: frame))
      #expect(try run.send(rndisPacket(bytes, offload)) == .success)
      #expect(try run.send(bytes, offload, cuts: [1, 13, 35, 36, 90]) == .success)
      expected += [frame.bytes(), frame.bytes()]
    }
    run.guest.primary.close()
    #expect(run.sink.frames == expected)
    #expect(run.total.receivedBytes == run.total.deliveredBytes)
  }

  @Test("a tag is put behind the addresses, outside others, and its bytes count")
  func tags() throws {
    let run = try OffloadRun()
    var expected: [[UInt8]] = []
    for tag in [0, 100, 5 << 13 | 1 << 12 | 4095] as [UInt16] {
      for inner in [[], [7], [7, 8]] as [[UInt16]] {
        var frame = TestFrame(payloadByteCount: 3)
        frame.tags = inner
        #expect(try run.send(rndisPacket(frame.bytes(), PacketOffload(vlanTag: nil).tagged(tag))) == .success)
        #expect(
          try run.send(
            rndisPacket(frame.bytes(.withoutChecksums), PacketOffload.checksums(of: frame).tagged(tag))) == .success)
        expected += [frame.tagged(tag).bytes(), frame.tagged(tag).bytes()]
      }
    }
    #expect(run.sink.frames == expected)
    let byteCount = UInt64(expected.reduce(0) { $0 + $1.count })
    #expect(run.total.receivedBytes == byteCount && run.total.deliveredBytes == byteCount)
    #expect(run.total.receivedPackets == 18 && run.total.deliveredPackets == 18)
  }

  @Test("any frame can have a tag, of which no more is known")
  func tagOnly() throws {
    let run = try OffloadRun()
    let frame = [UInt8](0..<14)
    #expect(try run.send(rndisPacket(frame, PacketOffload(vlanTag: VLANTagInfo(vlanID: 0x123)))) == .success)
    #expect(run.sink.frames == [Array(0..<12) + [0x81, 0x00, 0x01, 0x23, 12, 13]])
    #expect(try run.send(rndisPacket([UInt8](0..<13), PacketOffload(vlanTag: VLANTagInfo(vlanID: 1)))) == .failure)
    #expect(run.total.refusedOffloads == 1)
  }

  @Test("a hash, and info that asks for nothing, leave a frame as it is")
  func noWork() throws {
    let run = try OffloadRun()
    let frame = TestFrame(payloadByteCount: 9).bytes(.withoutChecksums)
    #expect(try run.send(rndisPacket(frame, PacketOffload(flowHash: 5))) == .success)
    #expect(
      try run.send(rndisPacket(frame, info: [.checksum(TransmitChecksumInfo(.isIPv4, transportHeaderOffset: 1))]))
        == .success)
    #expect(run.sink.frames == [frame, frame])
  }

  @Test("frames with work and without keep their order")
  func mixture() throws {
    let run = try OffloadRun()
    let frames = (0..<9).map { TestFrame(payloadByteCount: 50 + $0) }
    let message = frames.enumerated().flatMap { index, frame in
      switch index % 3 {
      case 0: rndisPacket(frame.bytes(), alignment: 8)
      case 1: rndisPacket(frame.bytes(.withoutChecksums), .checksums(of: frame), alignment: 8)
      default: rndisPacket(frame.bytes(.largeSend), PacketOffload.largeSend(of: frame, 30).tagged(2), alignment: 8)
      }
    }
    #expect(try run.send(message) == .success)
    let expected = frames.enumerated().flatMap { index, frame in
      index % 3 == 2 ? frame.tagged(2).segments(30) : [frame]
    }
    #expect(run.sink.frames == expected.map { $0.bytes() })
    #expect(run.total.receivedPackets == 9)
    #expect(run.total.deliveredPackets == UInt64(expected.count))
  }

  @Test("every sink counts alike, and verifying takes frames as they were sent")
  func countsAlike() throws {
    let plain = TestFrame(payloadByteCount: 20)
    let large = TestFrame(isIPv6: true, payloadByteCount: 5000)
    let sent = [plain.bytes(), plain.bytes(.withoutChecksums), large.bytes(.largeSend)]
    let offloads = [
      PacketOffload(), PacketOffload.checksums(of: plain).tagged(3), PacketOffload.largeSend(of: large, 1440).tagged(4),
    ]
    let message = zip(sent, offloads).flatMap { rndisPacket($0, $1, alignment: 8) }
    for sink in [HostSink.null, .verify, .frames(CollectingSink())] {
      let host = try Host(HostConfiguration(execution: .inline, sink: sink))
      let guest = try ScriptedGuest(settingUp: host.offer)
      guest.fill(section: 0, message)
      try guest.send(section: 0, byteCount: message.count)
      #expect(try guest.primary.await()?.status == .success)
      let total = host.statistics().total
      #expect(total.receivedPackets == 3)
      #expect(total.receivedBytes == UInt64(sent.reduce(0) { $0 + $1.count } + 8))
      #expect(total.deliveredPackets == 2 + 4)
      #expect(total.deliveredBytes == UInt64(sent[0].count + sent[1].count + 4 + 4 * (74 + 4) + 5000))
      if case .verify = sink { #expect(total.digest == sent.reduce(0) { $0 &+ FrameDigest.hash($1.span.bytes) }) }
    }
  }

  @Test("info of any length is read, and must lie with its header")
  func longInfo() throws {
    let run = try OffloadRun()
    let message = rndisPacket([1, 2, 3], info: [PerPacketInfo](repeating: .hashValue(1), count: 200))
    #expect(try run.send(message) == .success)
    let guest = run.guest
    try guest.send(ranges: [guest.lend(Array(message[..<3000])), guest.lend(Array(message[3000...]))])
    #expect(try guest.primary.await()?.status == .failure)
  }
}
