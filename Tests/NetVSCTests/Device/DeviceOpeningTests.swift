import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("The set-up as the guest sends it")
struct DeviceOpeningTests {
  /// Page numbers and handles are given out in order: the request page is the first of the address space, handle 1
  /// names the rings.
  private static let requestPage: UInt64 = 0x1000
  private static let receiveBufferHandle: UInt32 = 2
  private static let sendBufferHandle: UInt32 = 3

  /// The packets of a set-up of one queue, by the version that is tried first and agreed to.
  private func expectedPackets(version: UInt32, acknowledged: [UInt64]) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    var start: UInt32 { packets.reduce(0) { $0 + UInt32($1.count) } }
    var request = ExpectedPacket.firstRequest
    func ask(_ message: [UInt32]) {
      packets.append(.init(ExpectedPacket.inBand(message, id: request, asksForCompletion: true, start: start)))
      request += 1
    }
    func tell(_ message: [UInt32]) {
      let id = ExpectedPacket.noAnswer
      packets.append(ExpectedPacket.inBand(message, id: id, asksForCompletion: false, start: start))
    }
    func control(_ byteCount: UInt32, acknowledged id: UInt64) {
      packets.append(
        ExpectedPacket.control(byteCount: byteCount, page: Self.requestPage, id: request, start: start))
      request += 1
      packets.append(ExpectedPacket.acknowledgement(of: id, start: start))
    }
    ask([1, version, version])
    if version >= 0x0003_0002 { tell([125, 9216, 0, 8, 0]) }
    tell([100, 6, version >= 0x0005_0000 ? 30 : 1])
    ask([101, Self.receiveBufferHandle, 0xCAFE])
    ask([104, Self.sendBufferHandle, 0xFACE])
    control(24, acknowledged: acknowledged[0])
    control(28, acknowledged: acknowledged[1])
    control(32, acknowledged: acknowledged[2])
    return packets
  }

  @Test(
    "is byte for byte what the protocol asks for, in every version and on both mappings",
    arguments: NVSPVersion.tryOrder, [RingMapping.single, .double])
  func bytes(version: NVSPVersion, mapping: RingMapping) throws {
    let bench = try GuestBench(mapping: mapping) { host, configuration in
      host.terms.newestVersion = version
      configuration.newestVersion = version.rawValue
    }
    let acknowledged = bench.opening.filter { $0.type == .completion }.map(\.transactionID)
    try #require(acknowledged.count == 3)
    let expected = expectedPackets(version: version.rawValue, acknowledged: acknowledged)
    #expect(bench.opening.map(\.bytes) == expected)
    #expect(bench.device.protocolVersion == version.name)
    #expect(bench.host.problems.isEmpty)
  }

  @Test("has the golden INIT and INITIALIZE but for their ids, pages and places")
  func golden() throws {
    let opening = try GuestBench().opening
    var first = opening[0].bytes
    first.replaceSubrange(8..<16, with: [6, 0, 0, 0, 0, 0, 0, 0])
    #expect(first == GoldenVectors.initializePacket.bytes)

    let carrier = try #require(opening.first { $0.type == .dataUsingGPADirect })
    #expect(carrier.carried == GoldenVectors.rndisInitialize.bytes)
    var bytes = carrier.bytes
    bytes.replaceSubrange(8..<16, with: [7, 0, 0, 0, 0, 0, 0, 0])
    bytes.replaceSubrange(32..<40, with: ExpectedPacket.words([0x30000]))
    bytes.replaceSubrange(80..<88, with: ExpectedPacket.words([0x40 << 32]))
    #expect(bytes == GoldenVectors.rndisInitializePacket.bytes)
  }

  @Test("asks for the address and opens the packet filter last")
  func controlMessages() throws {
    let opening = try GuestBench().opening
    let messages = opening.filter { $0.type == .dataUsingGPADirect }.map(\.carried)
    try #require(messages.count == 3)
    // QUERY, request 2, of the permanent address, without input.
    #expect(messages[1] == ExpectedPacket.halves([4, 28, 2, 0x0101_0101, 0, 20, 0]))
    // SET, request 3, of the filter: directed, multicast and broadcast, right behind the fixed part.
    #expect(messages[2] == ExpectedPacket.halves([5, 32, 3, 0x0001_010E, 4, 20, 0, 0x0B]))
    #expect(opening.last?.type == .completion)
  }

  @Test("announces the frame size that was configured")
  func frameSize() throws {
    let bench = try GuestBench { $1.frameByteCount = 1514 }
    let announcement = try #require(bench.opening.first { $0.messageType == .sendNDISConfiguration })
    #expect(Array(announcement.payload[..<20]) == ExpectedPacket.halves([125, 1514, 0, 8, 0]))
    #expect(bench.device.maximumFrameByteCount == 1514)
  }

  @Test("carries common frames alone in version 1, which cannot tell the host their size")
  func frameSizeOfVersion1() throws {
    let bench = try GuestBench { host, _ in host.terms.newestVersion = .v1 }
    #expect(bench.device.maximumFrameByteCount == 1514)
  }

  @Test(
    "goes down the versions until the host takes one",
    arguments: NVSPVersion.tryOrder, NVSPVersion.tryOrder)
  func downgrade(from newest: NVSPVersion, to known: NVSPVersion) throws {
    let bench = try GuestBench { host, configuration in
      host.terms.newestVersion = known
      configuration.newestVersion = newest.rawValue
    }
    let tried = bench.opening.filter { $0.messageType == .initialize }.map { packet in
      try? NVSPInitialize(parsing: packet.payload.span.bytes).maximumVersion
    }
    let agreed = min(newest, known)
    #expect(tried == NVSPVersion.tryOrder.filter { agreed <= $0 && $0 <= newest })
    #expect(bench.device.protocolVersion == agreed.name)
  }

  @Test("takes over what the host says of itself")
  func device() throws {
    let bench = try GuestBench { host, _ in host.terms.address = EthernetAddress(2, 0, 0, 0xAB, 0xCD, 0xEF) }
    #expect(bench.device.address == "02:00:00:ab:cd:ef")
    #expect(bench.device.queueCount == 1)
    #expect(bench.device.maximumFrameByteCount == 6144 - 44)
  }

  @Test("tells the host that pending sizes are honoured, and leaves the mask set while a sender polls")
  func controlPage() throws {
    let bench = try GuestBench()
    let sender = try bench.device.makeSender(queue: 0)
    #expect(bench.channel().guestToHost.ring.featureBits.loadRelaxed() == 1)
    #expect(bench.channel().hostToGuest.ring.interruptMask.loadRelaxed() == 1)
    _ = sender.finish()
  }
}
