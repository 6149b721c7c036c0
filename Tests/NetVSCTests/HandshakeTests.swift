import NetVSC
import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// The set-up as it lies in the rings of a guest and the host that comes with it, in both directions.
@Suite("The set-up between a guest and a host")
struct HandshakeTests {
  /// The packets of a host, in order and byte for byte, written down from the protocol and not by the host's code.
  private struct HostPackets {
    private(set) var bytes: [UInt8] = []
    /// What an NVSP message takes: 40 bytes from version 6.1 on, and 28, which makes 32, before.
    let messageByteCount: Int

    init(version: HostProtocolVersion, frameByteCount: UInt32) {
      messageByteCount = version == .version61 ? 40 : 32
      let isVersion5 = version.rawValue >= HostProtocolVersion.version5.rawValue
      var id: UInt64 = 1
      func nextID() -> UInt64 {
        defer { id += 1 }
        return ExpectedPacket.requestID(id)
      }
      // The version is not agreed on before this answer.
      complete(nextID(), [2, version == .version1 ? 2 : .max, 34, 1], byteCount: 32)
      // A part of the receive buffer of 1 MiB has 292 bytes beside a frame.
      let part = frameByteCount + 292
      let count = 1 << 20 / part
      complete(nextID(), [102, 1, 1, 0, part, count, part * count], byteCount: messageByteCount)
      // A section holds a frame, its header of 44 bytes and four elements of info, in multiples of 64; or 6144 bytes.
      complete(nextID(), [105, 1, max(6144, (frameByteCount + 44 + 64 + 63) / 64 * 64)], byteCount: messageByteCount)
      // INITIALIZE, the address, the frame size, the link, the offloads, and two settings.
      for answerByteCount in [52, 24 + 6, 24 + 4, 24 + 4, 24 + (isVersion5 ? 156 : 144), 16, 16] as [UInt64] {
        complete(nextID(), [108, 1], byteCount: messageByteCount)
        receive(answerByteCount)
      }
    }

    private mutating func complete(_ id: UInt64, _ message: [UInt32], byteCount: Int) {
      let lengths: UInt64 = 0x0002_000B | UInt64((16 + byteCount) / 8) << 32
      append(ExpectedPacket.words([lengths, id]), message, byteCount: byteCount)
    }

    /// An answer in the first part of the receive buffer, whose number is the packet's id.
    private mutating func receive(_ answerByteCount: UInt64) {
      let lengths: UInt64 = 0x0001_0000_0004_0007 | UInt64((32 + messageByteCount) / 8) << 32
      append(
        ExpectedPacket.words([lengths, 0, 1 << 32 | 0xCAFE, answerByteCount]), [107, 1, .max, 0],
        byteCount: messageByteCount)
    }

    private mutating func append(_ header: [UInt8], _ message: [UInt32], byteCount: Int) {
      let start = UInt64(bytes.count)
      let payload = ExpectedPacket.halves(message)
      bytes += header + payload + [UInt8](repeating: 0, count: byteCount - payload.count)
      bytes += ExpectedPacket.words([start << 32])
    }
  }

  /// All that was written into a ring that did not wrap yet.
  private func contents(of pages: Range<UInt64>, on host: Host) throws -> [UInt8] {
    let view = try host.offer.bus.addressSpace.ring(in: pages, mapping: host.offer.bus.ringMapping)
    return view.ring.dataBytes(from: 0, byteCount: view.ring.writeIndex.loadAcquiring())
  }

  @Test(
    "is byte for byte what the protocol asks for, on both sides",
    arguments: [HostProtocolVersion.version1, .version5, .version61])
  func bytes(version: HostProtocolVersion) throws {
    var hosting = HostConfiguration(execution: .inline)
    hosting.highestProtocolVersion = version
    let host = try Host(hosting)
    var configuration = DeviceConfiguration()
    configuration.newestVersion = version.rawValue
    let device = try Device.open(host.offer, configuration)
    // The rings' pages follow the request page and one that belongs to nobody.
    let ringPageCount = UInt64(configuration.ringByteCount / DeviceAddressSpace.pageByteCount)
    let split = 0x1002 + ringPageCount
    let expected = ExpectedHandshake(version: version.rawValue, acknowledged: [UInt64](repeating: 0, count: 7))
    #expect(try contents(of: 0x1002..<split, on: host) == expected.packets.flatMap { $0 })
    let answers = HostPackets(version: version, frameByteCount: version == .version1 ? 1514 : 9216)
    #expect(try contents(of: split..<split + ringPageCount, on: host) == answers.bytes)
    device.close()
    #expect(host.statistics().problem == nil)
  }

  @Test("grants the offloads, the link and receive scaling in every version", arguments: HostProtocolVersion.allCases)
  func granted(version: HostProtocolVersion) throws {
    var hosting = HostConfiguration(execution: .inline)
    hosting.highestProtocolVersion = version
    let host = try Host(hosting)
    var configuration = DeviceConfiguration()
    configuration.queueCount = 4
    let device = try Device.open(host.offer, configuration)
    #expect(device.offloads.checksums == [.ipv4Header, .tcpIPv4, .udpIPv4, .tcpIPv6, .udpIPv6])
    #expect(device.offloads.largeSendIPv4?.maximumByteCount == 65_535)
    #expect(device.offloads.largeSendIPv6?.minimumSegmentCount == 2)
    #expect(device.offloads.takesVLANTags == (version != .version1))
    #expect(device.isLinkUp)
    #expect(device.scalesReceives == (version.rawValue >= HostProtocolVersion.version5.rawValue))
    device.close()
    #expect(host.statistics().problem == nil)
  }

  @Test(
    "grants the offloads that the host is to offer",
    arguments: [[], .checksums, .largeSends, .all] as [HostOffloads])
  func restricted(offloads: HostOffloads) throws {
    var hosting = HostConfiguration(execution: .inline)
    hosting.offloads = offloads
    let host = try Host(hosting)
    let device = try Device.open(host.offer)
    #expect(device.offloads.checksums.isEmpty == !offloads.contains(.checksums))
    #expect((device.offloads.largeSendIPv4 != nil) == offloads.contains(.largeSends))
    #expect((device.offloads.largeSendIPv6 != nil) == offloads.contains(.largeSends))
    device.close()
    #expect(host.statistics().problem == nil)
  }

  @Test("counts fewer queues where the host grants fewer, and scales receives over those", arguments: [0, 1, 2])
  func fewer(granted: Int) throws {
    var hosting = HostConfiguration(execution: .inline)
    hosting.grantedSubchannelLimit = granted
    let host = try Host(hosting)
    var configuration = DeviceConfiguration()
    configuration.queueCount = 4
    let device = try Device.open(host.offer, configuration)
    #expect(device.queueCount == granted + 1)
    #expect(device.scalesReceives == (granted > 0))
    device.close()
    #expect(host.statistics().problem == nil)
  }
}
