import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("What the host is asked to do with a frame")
struct FrameOffloadTests {
  private static let golden = FrameOffload(.tcp, of: .v4, transportHeaderOffset: 34)

  /// The RNDIS message of a frame with elements of info, given as type and value.
  private static func message(_ frame: [UInt8], _ info: [(UInt32, UInt32)]) -> [UInt8] {
    let (count, infoByteCount) = (UInt32(frame.count), UInt32(16 * info.count))
    let header = [1, 44 + infoByteCount + count, 36 + infoByteCount, count, 0, 0, 0, 36, infoByteCount, 0, 0]
    return ExpectedPacket.halves(header) + ExpectedPacket.halves(info.flatMap { [16, $0.0, 12, $0.1] }) + frame
  }

  @Test("travels in front of it, as in the golden bytes")
  func goldenImage() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let outcome = try sender.send(Frames.golden, offload: Self.golden)
    #expect(outcome == .taken)
    try sender.flush()
    #expect(try bench.takeAll().map(\.carried) == [GoldenVectors.sectionImage.bytes])
    _ = sender.finish()
  }

  @Test("is in front of each of several frames, as in the golden bytes")
  func goldenAggregate() throws {
    let bench = try GuestBench(packetsPerMessage: 2)
    var sender = try bench.device.makeSender(queue: 0)
    let image = GoldenVectors.aggregateImage.bytes
    for frame in [image[60..<121], image[188...]] { _ = try sender.send(Array(frame), offload: Self.golden) }
    try sender.flush()
    #expect(try bench.takeAll().map(\.carried) == [image])
    _ = sender.finish()
  }

  @Test("goes with a frame written in place, and may be settled when that is committed", arguments: [true, false])
  func reservation(isSettledLate: Bool) throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    do {
      let first = isSettledLate ? FrameOffload(.udp, of: .v6, transportHeaderOffset: 54) : Self.golden
      var reservation = try sender.reserve(100, offload: first)
      for (index, byte) in Frames.golden.enumerated() {
        reservation.bytes.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
      if isSettledLate {
        reservation.commit(byteCount: 60, offload: Self.golden)
      } else {
        reservation.commit(byteCount: 60)
      }
    }
    try sender.flush()
    #expect(try bench.takeAll().map(\.carried) == [GoldenVectors.sectionImage.bytes])
    _ = sender.finish()
  }

  @Test("must fit the room that was made for it")
  func misfit() async {
    await #expect(processExitsWith: .failure) {
      let bench = try GuestBench()
      var sender = try bench.device.makeSender(queue: 0)
      let reservation = try sender.reserve(100)
      reservation.commit(offload: FrameOffload(.tcp, of: .v4, transportHeaderOffset: 34))
    }
  }

  @Test("has one element of each kind")
  func elements() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    var tagged = FrameOffload.none
    tagged.vlanTag = FrameOffload.VLANTag(priority: 5, isDropEligible: true, vlanID: 0xABC)
    var all = FrameOffload(segmentByteCount: 1460, of: .v6, tcpHeaderOffset: 54)
    all.vlanTag = FrameOffload.VLANTag(vlanID: 1)
    all.flowHash = 0x5EED_CAFE
    let cases: [(FrameOffload, [(UInt32, UInt32)])] = [
      (.none, []),
      (FrameOffload([.ipv4Header, .udp], of: .v4, transportHeaderOffset: 38), [(0, 1 | 1 << 3 | 1 << 4 | 38 << 16)]),
      (FrameOffload([.tcp, .udp], of: .v6, transportHeaderOffset: 0), [(0, 1 << 1 | 1 << 2)]),
      (tagged, [(6, 0xABCD)]),
      (all, [(8, 0x5EED_CAFE), (6, 1 << 4), (2, 1460 | 54 << 20 | 1 << 30 | 1 << 31)]),
    ]
    for (offload, info) in cases {
      _ = try sender.send(Frames.golden, offload: offload)
      try sender.flush()
      #expect(try bench.takeAll().map(\.carried) == [Self.message(Frames.golden, info)])
    }
    // A tag beside its frame is a part of what was offered.
    #expect(sender.counters.offered == PacketCount(5, 308))
    #expect(sender.finish().counters.lost == PacketCount(5, 308))
  }

  @Test("takes room in its section", arguments: [0, 1])
  func room(excess: Int) throws {
    let bench = try GuestBench(packetsPerMessage: 8) { host, configuration in
      configuration.frameByteCount = 1514
      host.terms.sectionByteCount = 1600
    }
    var sender = try bench.device.makeSender(queue: 0)
    // 44, 16 and 700, and 44, 16 and 780 are 1,600.
    _ = try sender.send(Frames.numbered(1, byteCount: 700), offload: Self.golden)
    _ = try sender.send(Frames.numbered(2, byteCount: 780 + excess), offload: Self.golden)
    try sender.flush()
    let packets = try bench.takeAll()
    #expect(packets.count == (excess == 0 ? 1 : 2))
    #expect(packets.allSatisfy { $0.carried.count <= 1600 })
    _ = sender.finish()
  }
}
