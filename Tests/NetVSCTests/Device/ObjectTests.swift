import NetVSC
import TestSupport
import Testing
import WireFormats

@Suite("What a guest asks its adapter")
struct ObjectTests {
  private static let everything: DeviceOffloads.Checksums = [.ipv4Header, .tcpIPv4, .udpIPv4, .tcpIPv6, .udpIPv6]

  private func open(_ prepare: (ScriptedHost, inout DeviceConfiguration) -> Void) throws -> GuestBench {
    try GuestBench(ringByteCount: 4 * 4096, sectionsPerQueue: 8, prepare: prepare)
  }

  private func setting(_ oid: UInt32, in bench: GuestBench) -> [[UInt8]] {
    bench.opening.filter { $0.carried.first == 5 && Array($0.carried[12..<16]) == ExpectedPacket.halves([oid]) }
      .map { Array($0.carried[28...]) }
  }

  @Test("are offloads, which are granted as far as the host can")
  func offloads() throws {
    let offloads = try open { _, _ in }.device.offloads
    #expect(offloads.checksums == Self.everything)
    #expect(offloads.largeSendIPv4?.maximumByteCount == 0xF53C)
    #expect(offloads.largeSendIPv4?.minimumSegmentCount == 2)
    #expect(offloads.largeSendIPv6 == offloads.largeSendIPv4)
    #expect(offloads.takesVLANTags)
  }

  @Test(
    "opens without offloads where the host has none, or will do none",
    arguments: [
      OID.tcpOffloadHardwareCapabilities, .tcpOffloadParameters,
    ])
  func noOffloads(missing: OID) throws {
    let bench = try open { host, _ in host.terms.missingObjects = [missing] }
    #expect(bench.device.offloads.checksums.isEmpty)
    #expect(bench.device.offloads.largeSendIPv4 == nil && bench.device.offloads.largeSendIPv6 == nil)
    #expect(bench.device.offloads.takesVLANTags, "tags are announced, and not asked for")
    #expect(setting(0xFC01_020C, in: bench).isEmpty == (missing == .tcpOffloadHardwareCapabilities))
  }

  @Test("has tags beside frames from version 2 on, which can announce it", arguments: NVSPVersion.tryOrder)
  func vlanTags(version: NVSPVersion) throws {
    let bench = try open { host, _ in host.terms.newestVersion = version }
    #expect(bench.device.offloads.takesVLANTags == (version != .v1))
  }

  @Test(
    "asks for the offloads that the host can do, and for no other",
    arguments: [
      (0x010, 0, [], [1, 1, 1, 1, 1]), (0x014, 0, .tcpIPv4, [1, 2, 1, 1, 1]), (0x100, 0, .ipv4Header, [2, 1, 1, 1, 1]),
      (0x040, 0, .udpIPv4, [1, 1, 2, 1, 1]), (0, 0x14, .tcpIPv6, [1, 1, 1, 2, 1]),
      (0, 0x40, .udpIPv6, [1, 1, 1, 1, 2]),
      (0x155, 0x55, everything, [2, 2, 2, 2, 2]),
    ] as [(UInt32, UInt32, DeviceOffloads.Checksums, [UInt8])])
  func someChecksums(ipv4: UInt32, ipv6: UInt32, granted: DeviceOffloads.Checksums, switches: [UInt8]) throws {
    let bench = try open { host, _ in
      host.terms.offloads = NDISOffloadCapabilities(
        revision: 3, checksumsIPv4: NDISOffloadCapabilities.Work(rawValue: ipv4),
        checksumsIPv6: NDISOffloadCapabilities.Work(rawValue: ipv6))
    }
    #expect(bench.device.offloads.checksums == granted)
    let asked = try #require(setting(0xFC01_020C, in: bench).first)
    #expect(Array(asked[..<13]) == [0x80, 3, 28, 0] + switches + [1, 0, 1, 1])
  }

  @Test("takes large sends over IPv6 only with every header, and none of no bytes")
  func largeSends() throws {
    let some = NDISOffloadCapabilities.LargeSend(maximumByteCount: 65_535, minimumSegmentCount: 1)
    let none = NDISOffloadCapabilities.LargeSend(maximumByteCount: 0, minimumSegmentCount: 2)
    for (ipv4, headers, expectIPv4, expectIPv6) in [
      (some, 5, true, true), (some, 4, true, false), (some, 1, true, false), (none, 5, false, true),
    ] as [(NDISOffloadCapabilities.LargeSend, UInt32, Bool, Bool)] {
      let offloads = try open { host, _ in
        host.terms.offloads = NDISOffloadCapabilities(
          revision: 3, largeSendIPv4: ipv4, largeSendIPv6: some,
          largeSendIPv6Headers: NDISOffloadCapabilities.Work(rawValue: headers))
      }.device.offloads
      #expect((offloads.largeSendIPv4 != nil) == expectIPv4)
      #expect((offloads.largeSendIPv6 != nil) == expectIPv6)
    }
  }

  @Test(
    "is the frame size, which is the smaller of what both carry",
    arguments: [
      (68, 82), (1400, 1414), (9202, 9216), (.max, 9216),
    ] as [(UInt32, Int)])
  func frameSize(mtu: UInt32, expected: Int) throws {
    let bench = try open { host, _ in
      host.terms.sectionByteCount = 16_384
      host.amend = { _, step, honest in
        guard step == .query(.maximumFrameSize) else { return honest }
        return HandshakeFault.patching(at: 24, with: mtu)(honest)
      }
    }
    #expect(bench.device.maximumFrameByteCount == expected)
  }

  @Test("opens at the size that was configured where the host does not tell its own")
  func noFrameSize() throws {
    let bench = try open { host, configuration in
      host.terms.missingObjects = [.maximumFrameSize]
      configuration.frameByteCount = 4000
    }
    #expect(bench.device.maximumFrameByteCount == 4000)
  }

  @Test(
    "is the link, which is up unless the host says otherwise",
    arguments: [
      (0, true), (1, false), (2, false), (nil, true),
    ] as [(UInt32?, Bool)])
  func link(status: UInt32?, isUp: Bool) throws {
    let bench = try open { host, _ in
      if let status { host.terms.linkStatus = MediaConnectStatus(rawValue: status) }
      if status == nil { host.terms.missingObjects = [.mediaConnectStatus] }
    }
    #expect(bench.device.isLinkUp == isUp)
    #expect(bench.device.statusIndicationCount == 0)
  }

  @Test(
    "is receive scaling, without which sub-channels open all the same",
    arguments: [
      OID.receiveScaleCapabilities, .receiveScaleParameters,
    ])
  func noReceiveScaling(missing: OID) throws {
    let bench = try open { host, configuration in
      configuration.queueCount = 3
      host.terms.missingObjects = [missing]
    }
    #expect(bench.device.queueCount == 3)
    #expect(!bench.device.scalesReceives)
    // A refusal to switch it off ends the change.
    #expect(setting(0x0001_0204, in: bench).count == (missing == .receiveScaleCapabilities ? 0 : 1))
  }

  @Test(
    "takes the indirection entries and hashes of the host",
    arguments: [
      (0, 128), (16, 16), (128, 128), (4096, 128),
    ] as [(UInt16, Int)])
  func indirectionEntries(told: UInt16, used: Int) throws {
    let bench = try open { host, configuration in
      configuration.queueCount = 2
      host.terms.receiveScaling = NDISReceiveScaleCapabilities(
        hash: [.toeplitz, .ipv4, .udpIPv4], interruptMessageCount: 2, receiveQueueCount: 2,
        indirectionEntryCount: told)
    }
    let asked = setting(0x0001_0204, in: bench)
    #expect(asked.count == 2)
    for value in asked {
      #expect(value.count == 40 + 4 * used + 40)
      #expect(Array(value[8..<12]) == ExpectedPacket.halves([0x101]), "Toeplitz over IPv4: UDP is not wanted")
    }
  }

  @Test(
    "asks for no more queues than the host has",
    arguments: [(1, 1), (2, 2), (3, 3), (64, 4), (.max, 4), (0, 4)] as [(UInt32, Int)])
  func queueLimit(told: UInt32, opened: Int) throws {
    let bench = try open { host, configuration in
      configuration.queueCount = 4
      host.terms.receiveScaling = NDISReceiveScaleCapabilities(
        hash: .toeplitz, interruptMessageCount: 1, receiveQueueCount: told, indirectionEntryCount: 0)
    }
    #expect(bench.device.queueCount == opened)
  }

  @Test("does without receive scaling where the host hashes otherwise")
  func otherHash() throws {
    let bench = try open { host, configuration in
      configuration.queueCount = 2
      host.terms.receiveScaling = NDISReceiveScaleCapabilities(
        hash: .ipv4, interruptMessageCount: 2, receiveQueueCount: 2, indirectionEntryCount: 128)
    }
    #expect(!bench.device.scalesReceives)
    #expect(bench.device.queueCount == 2)
  }
}
