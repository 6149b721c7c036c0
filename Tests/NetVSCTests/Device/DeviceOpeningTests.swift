import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("The set-up as the guest sends it")
struct DeviceOpeningTests {
  @Test(
    "is byte for byte what the protocol asks for, in every version and on both mappings",
    arguments: NVSPVersion.tryOrder, [RingMapping.single, .double])
  func bytes(version: NVSPVersion, mapping: RingMapping) throws {
    let bench = try GuestBench(mapping: mapping) { host, configuration in
      host.terms.newestVersion = version
      configuration.newestVersion = version.rawValue
    }
    expectHandshake(of: bench, version: version)
  }

  @Test("is that also with sub-channels, where the version has them", arguments: [NVSPVersion.v1, .v5, .v6_1])
  func bytesOfSubchannels(version: NVSPVersion) throws {
    let bench = try GuestBench { host, configuration in
      host.terms.newestVersion = version
      configuration.newestVersion = version.rawValue
      configuration.queueCount = 3
      configuration.frameByteCount = 1514
    }
    expectHandshake(of: bench, version: version, queueCount: 3, frameByteCount: 1514)
    #expect(bench.device.queueCount == (version == .v1 ? 1 : 3))
    #expect(bench.device.scalesReceives == (version != .v1))
  }

  private func expectHandshake(
    of bench: GuestBench, version: NVSPVersion, queueCount: UInt32 = 1, frameByteCount: UInt32 = 9216
  ) {
    let acknowledged = bench.opening.filter { $0.type == .completion }.map(\.transactionID)
    let expected = ExpectedHandshake(
      version: version.rawValue, queueCount: queueCount, frameByteCount: frameByteCount, acknowledged: acknowledged)
    #expect(bench.opening.map(\.bytes) == expected.packets)
    #expect(bench.opening.map(\.carried) == expected.carried)
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
