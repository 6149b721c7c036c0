import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What a channel cannot outlive: it is taken away, what came before is completed, what caused it is not.
@Suite struct ViolationTests {
  /// Something a guest does, and words of what the host says about it.
  struct Offence: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: String
    let commit: @Sendable (ScriptedGuest) throws -> Void

    init(_ description: String, _ reason: String, _ commit: @escaping @Sendable (ScriptedGuest) throws -> Void) {
      testDescription = description
      self.reason = reason
      self.commit = commit
    }
  }

  private static func descriptor(type: UInt64 = 6, offset: UInt64 = 2, length: UInt64 = 7, flags: UInt64 = 1) -> UInt64
  {
    type | offset << 16 | length << 32 | flags << 48
  }

  private static func packet(_ descriptor: UInt64) -> [UInt64] { [descriptor, 1, 0x6B, 5, 0, 0, 0, 0] }

  /// A packet of page ranges from words that no list of ranges would make.
  private static func ranges(_ words: [UInt64]) -> [UInt64] {
    [descriptor(type: 9, offset: 2 + UInt64(words.count), length: 7 + UInt64(words.count)), 1] + words
      + [0x6B, 0xFFFF_FFFF, 0, 0, 0, 0]
  }

  static let ringOffences: [Offence] = [
    Offence("index outside the ring", "index") { guest in
      guest.primary.toHost.writeIndex.storeReleasing(1 << 16)
      guest.primary.channel.toHost.ring()
    },
    Offence("index between words", "index") { guest in
      guest.primary.toHost.writeIndex.storeReleasing(guest.primary.toHost.writeIndex.loadRelaxed() + 4)
      guest.primary.channel.toHost.ring()
    },
    Offence("fewer bytes than a descriptor", "descriptor") { $0.primary.publish(words: [descriptor()], byteCount: 8) },
    Offence("longer than what is there", "descriptor") { $0.primary.publish(words: packet(descriptor(length: 8))) },
    Offence("as long as what is there, without its trailer", "descriptor") {
      $0.primary.publish(words: packet(descriptor(length: 8)), byteCount: 64)
    },
    Offence("payload inside the descriptor", "descriptor") { $0.primary.publish(words: packet(descriptor(offset: 1))) },
    Offence("payload behind the packet", "descriptor") {
      $0.primary.publish(words: packet(descriptor(offset: 8, length: 7)))
    },
    Offence("a flag that has no meaning", "descriptor") { $0.primary.publish(words: packet(descriptor(flags: 2))) },
    Offence("no payload", "without a message") { $0.primary.publish(words: packet(descriptor(offset: 7))) },
    Offence("page ranges that begin in the descriptor", "descriptor") {
      $0.primary.publish(words: packet(descriptor(type: 9)))
    },
  ]

  static let packetOffences: [Offence] =
    [0, 1, 2, 3, 4, 5, 7, 8, 0xA, 0xC, 0xD, 0xFFFF].map { type in
      Offence("packet type \(type)", "type") {
        $0.primary.publish(words: packet(descriptor(type: type, offset: type == 7 ? 3 : 2)))
      }
    } + [
      Offence("no page range", "page ranges") { $0.primary.publish(words: ranges([0])) },
      Offence("more page ranges than there are", "page ranges") {
        $0.primary.publish(words: ranges([2 << 32, 16, 0x1000]))
      },
      Offence("page ranges beyond counting", "page ranges") {
        $0.primary.publish(words: ranges([0xFFFF_FFFF << 32, 16, 0x1000]))
      },
      Offence("an empty page range", "page ranges") { $0.primary.publish(words: ranges([1 << 32, 0, 0x1000])) },
      Offence("a page range that begins behind its page", "page ranges") {
        $0.primary.publish(words: ranges([1 << 32, 16 | 0x1000 << 32, 0x1000]))
      },
      Offence("a page range that overflows", "page ranges") {
        $0.primary.publish(words: ranges([1 << 32, 0xFFFF_FFFF | 0xFFF << 32, 0x1000]))
      },
      Offence("fewer page numbers than a range takes", "page ranges") {
        $0.primary.publish(words: ranges([1 << 32, 4097, 0x1000]))
      },
    ]

  static let messageOffences: [Offence] = [
    Offence("a message cut short", "SEND_RNDIS_PACKET") { try $0.primary.send(.dataInBand, [0x6B, 0, 0, 0], id: 1) },
    Offence("an unknown message", "unknown") { try $0.primary.send(.dataInBand, [109, 0, 0, 0, 0, 0, 0, 0], id: 1) },
    Offence("a message that only hosts send", "unknown") {
      try $0.primary.send(SendVFAssociation(isAllocated: true, serialNumber: 1), id: 1)
    },
    Offence("a section beyond the buffer", "beyond the send buffer") { try $0.send(section: 43, byteCount: 1) },
    Offence("a section that ends beyond the buffer", "beyond the send buffer") {
      try $0.send(section: 41, byteCount: (1 << 18) - 41 * 6144 + 1)
    },
    Offence("a section and a length beyond counting", "beyond the send buffer") {
      try $0.send(section: 0xFFFF_FFFE, byteCount: 0xFFFF_FFFF)
    },
    Offence("an acknowledgement of nothing", "acknowledge") { try $0.acknowledge(3) },
    Offence("an acknowledgement of an id that no answer has", "acknowledge") { try $0.acknowledge(16) },
    Offence("an acknowledgement of a request that was never made", "acknowledge") {
      try $0.acknowledge(0x8000_0000_0000_0000)
    },
    Offence("a completion of another kind", "INIT_COMPLETE") {
      try $0.primary.send(
        .completion, bytes(of: NVSPInitializeComplete(status: .success)), id: 0, completionRequested: false)
    },
    Offence("a completion without a payload", "without a message") {
      try $0.primary.send(.completion, [], id: 0, completionRequested: false)
    },
  ]

  static let orderOffences: [Offence] = [
    Offence("INIT again", "out of order") { try $0.primary.send(NVSPInitialize(version: .v6_1), id: 1) },
    Offence("NDIS_CONFIG again", "out of order") { try $0.configure(frameByteCount: 1514) },
    Offence("NDIS_VERSION again", "out of order") { try $0.announceNDISVersion() },
    Offence("a second receive buffer", "out of order") { try $0.primary.send(SendReceiveBuffer(gpadl: 1), id: 1) },
    Offence("a second send buffer", "out of order") { try $0.primary.send(SendSendBuffer(gpadl: 1), id: 1) },
  ]

  static let controlOffences: [Offence] =
    [
      Offence("INITIALIZE again", "out of place") {
        try $0.sendControl(poisoned(24) { RNDISInitialize(requestID: 2).emit(into: &$0) })
      },
      Offence("QUERY cut short", "QUERY") { try $0.sendControl([4, 0, 0, 0] + [UInt8](repeating: 0, count: 23)) },
      Offence("SET cut short", "SET") { try $0.sendControl([5, 0, 0, 0] + [UInt8](repeating: 0, count: 23)) },
      Offence("KEEPALIVE cut short", "KEEPALIVE") { try $0.sendControl([8, 0, 0, 0, 0, 0, 0, 0, 0, 0]) },
    ]
    + [6, 7, 9, 0x42].map { (type: UInt8) in
      Offence("RNDIS message \(type)", "out of place") {
        try $0.sendControl([type] + [UInt8](repeating: 0, count: 31))
      }
    }

  @Test(
    "the channel is taken away, with a reason, and everything before it is completed (page ranges: openvmm 3692)",
    arguments: ringOffences + packetOffences + messageOffences + orderOffences)
  func fatal(offence: Offence) throws {
    try check(offence, try Host(HostConfiguration(execution: .inline)), transportIsCompleted: false)
  }

  @Test("a bad control message is found out after its transport was completed", arguments: controlOffences)
  func fatalLater(offence: Offence) throws {
    try check(offence, try Host(HostConfiguration(execution: .inline)), transportIsCompleted: true)
  }

  @Test(
    "on threads it is the same", arguments: [ringOffences[0], ringOffences[3], packetOffences[0], orderOffences[0]])
  func fatalOnThreads(offence: Offence) throws {
    try check(offence, try Host(HostConfiguration(execution: .threads)), transportIsCompleted: false)
  }

  private func check(_ offence: Offence, _ host: Host, transportIsCompleted: Bool) throws {
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    let before = try guest.send(section: 0, byteCount: 120)
    try offence.commit(guest)
    let reason = try #require(guest.primary.awaitRescind())
    #expect(reason.contains(offence.reason))
    // A dead write index hides what was sent before it.
    let completions = try guest.primary.awaitAll()
    if !reason.contains("index") {
      #expect(completions.first?.transactionID == before)
      #expect(completions.count == (transportIsCompleted ? 2 : 1))
      #expect(completions.allSatisfy { $0.status == .success })
    }
    let statistics = host.statistics()
    #expect(statistics.total.violations == 1)
    #expect(statistics.problem?.contains(offence.reason) == true)
    #expect(throws: (any Error).self) { _ = try ScriptedGuest(host.offer) }
    guest.primary.close()
    #expect(host.statistics().total.violations == 1)
  }

  @Test("the set-up has an order, which cannot be left", arguments: 0..<8)
  func setupOrder(step: Int) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(host.offer)
    let initialize = poisoned(24) { RNDISInitialize(requestID: 1).emit(into: &$0) }
    switch step {
    case 0: try guest.announceNDISVersion()
    case 1: try guest.send(section: 0xFFFF_FFFF, byteCount: 0)
    case 2:
      try guest.negotiate(.v6_1)
      try guest.primary.send(SendReceiveBuffer(gpadl: 1), id: 1)
    case 3:
      try guest.negotiate(.v6_1)
      try guest.primary.send(SendSendBuffer(gpadl: 1), id: 1)
    case 4:
      try guest.negotiate(.v1)
      try guest.configure(frameByteCount: 1514)
    case 5:
      try setUp(guest)
      try guest.send(ranges: [guest.lend(GoldenVectors.sectionImage.bytes)])
    case 6:
      try setUp(guest)
      try guest.sendControl(poisoned(12) { RNDISKeepalive(requestID: 1).emit(into: &$0) })
    default:
      try guest.negotiate(.v6_1)
      try guest.configure(frameByteCount: 1514)
      try guest.lendReceiveBuffer(byteCount: 1 << 18)
      try guest.sendControl(initialize)
    }
    #expect(guest.primary.awaitRescind() != nil)
    #expect(host.statistics().total.violations == 1)
  }

  private func setUp(_ guest: ScriptedGuest) throws {
    try guest.negotiate(.v6_1)
    try guest.configure(frameByteCount: 1514)
    try guest.announceNDISVersion()
    try guest.lendReceiveBuffer(byteCount: 1 << 18)
  }

  @Test("a message that the agreed version does not have is unknown")
  func messagesByVersion() throws {
    for (version, message) in [(NVSPVersion.v4, 133), (.v2, 129)] as [(NVSPVersion, UInt8)] {
      let host = try Host(HostConfiguration(execution: .inline))
      let guest = try ScriptedGuest(settingUp: host.offer, version: version)
      try guest.primary.send(.dataInBand, [message] + [UInt8](repeating: 0, count: 31), id: 1)
      #expect(guest.primary.awaitRescind()?.contains("unknown") == true)
    }
  }

  @Test("a section without a send buffer")
  func noSendBuffer() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer, sendBufferByteCount: nil)
    try guest.send(section: 0, byteCount: 60)
    #expect(guest.primary.awaitRescind()?.contains("without a send buffer") == true)
  }

  @Test("on a sub-channel any set-up message or acknowledgement ends it, and it alone", arguments: [true, false])
  func subchannel(acknowledges: Bool) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    _ = try guest.requestSubchannels(1)
    let channel = try GuestChannel(host.offer, 1)
    _ = try guest.primary.await()
    if acknowledges {
      try channel.send(.completion, bytes(of: RNDISPacketComplete(status: .success)), id: 0, completionRequested: false)
    } else {
      try channel.send(SwitchDataPath(active: .synthetic), id: 1)
    }
    #expect(channel.awaitRescind() != nil)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 0, byteCount: 120)
    #expect(try guest.primary.await()?.status == .success)
    #expect(host.statistics().channels[1].violations == 1)
    #expect(host.statistics().channels[0].violations == 0)
    channel.close()
  }
}
