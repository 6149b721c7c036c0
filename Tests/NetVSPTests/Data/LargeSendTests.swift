import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Large sends: one frame in the ring, as many as the link needs behind it.
@Suite struct LargeSendTests {
  @Test("a large send leaves as its segments", arguments: HostVariant.all, [false, true])
  func segments(variant: HostVariant, isIPv6: Bool) throws {
    let run = try OffloadRun(variant)
    var frame = TestFrame(isIPv6: isIPv6, payloadByteCount: 10_000)
    frame.flags = 0xFF
    let bytes = frame.bytes(.largeSend)
    #expect(try run.send(rndisPacket(bytes, .largeSend(of: frame, 1400))) == .success)
    #expect(try run.send(bytes, .largeSend(of: frame, 1000), cuts: [20, 60, 4096]) == .success)
    #expect(try run.send(rndisPacket(bytes, PacketOffload.largeSend(of: frame, 999).tagged(9))) == .success)
    run.guest.primary.close()
    let expected = frame.segments(1400) + frame.segments(1000) + frame.tagged(9).segments(999)
    #expect(run.sink.frames == expected.map { $0.bytes() })
    #expect(run.total.receivedPackets == 3 && run.total.receivedBytes == UInt64(3 * bytes.count + 4))
    #expect(run.total.deliveredPackets == UInt64(expected.count))
    #expect(run.total.deliveredBytes == UInt64(expected.reduce(0) { $0 + $1.bytes().count }))
  }

  @Test("64 KiB, and more, are cut")
  func longest() throws {
    let run = try OffloadRun(frameByteCount: 9014)
    for (payloadByteCount, segmentByteCount) in [(65_495, 1460), (65_495, 8960), (300_000, 8960)] {
      let frame = TestFrame(payloadByteCount: payloadByteCount)
      let before = run.sink.frames.count
      #expect(try run.send(rndisPacket(frame.bytes(.largeSend), .largeSend(of: frame, segmentByteCount))) == .success)
      #expect(run.sink.frames[before...].elementsEqual(frame.segments(segmentByteCount).map { $0.bytes() }))
    }
  }

  @Test("the link's limit counts from the IP header on: a tag does not matter")
  func limit() throws {
    let run = try OffloadRun()
    var frame = TestFrame(payloadByteCount: 3000)
    frame.tags = [1]
    frame.tcpOptions = [UInt8](repeating: 1, count: 12)
    let bytes = frame.bytes(.largeSend)
    #expect(try run.send(rndisPacket(bytes, PacketOffload.largeSend(of: frame, 1448).tagged(2))) == .success)
    #expect(run.sink.frames.map(\.count) == [1522, 1522, 178])
    #expect(try run.send(rndisPacket(bytes, .largeSend(of: frame, 1449))) == .failure)
  }

  @Test("a sink that refuses a segment gets none behind it, and the message fails")
  func refusedSegment() throws {
    let run = try OffloadRun(refusing: [2])
    let frame = TestFrame(payloadByteCount: 500)
    let message =
      rndisPacket(frame.bytes(.largeSend), .largeSend(of: frame, 100), alignment: 8) + rndisPacket(frame.bytes())
    #expect(try run.send(message) == .failure)
    #expect(run.sink.frames == frame.segments(100)[..<2].map { $0.bytes() })
    #expect(run.total.receivedPackets == 2 && run.total.deliveredPackets == 2)
    #expect(run.host.statistics().sinkFailure == "the disk is full")
    #expect(try run.send(rndisPacket(frame.bytes())) == .success)
  }
}
