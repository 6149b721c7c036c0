import NetVSC
import TestSupport
import Testing
import WireFormats

@Suite("Steering by flow")
struct FlowSteeringTests {
  /// A device with these queues, and a host that sends this table (nil: none).
  private func open(_ queueCount: Int, table: (@Sendable (Int) -> [UInt32])?) throws -> GuestBench {
    try GuestBench(ringByteCount: 4 * 4096, sectionsPerQueue: 8) { host, configuration in
      configuration.queueCount = queueCount
      host.terms.indirectionTable = table
    }
  }

  /// TCP over IPv4 with these ports: the golden frame, changed.
  private func frame(from source: UInt16, to destination: UInt16 = 80) -> [UInt8] {
    var frame = Frames.golden
    frame.replaceSubrange(34..<36, with: [UInt8(source >> 8), UInt8(source & 0xFF)])
    frame.replaceSubrange(36..<38, with: [UInt8(destination >> 8), UInt8(destination & 0xFF)])
    return frame
  }

  @Test("uses the hash that receive-side scaling has, of addresses and ports")
  func hash() throws {
    let steering = try GuestBench().device.flowSteering
    #expect(steering.flowHash(of: Frames.golden) == 0x0FDD_9D29)
  }

  @Test("hashes fragments by their addresses alone, and other frames to 0")
  func withoutPorts() throws {
    let steering = try GuestBench().device.flowSteering
    var fragment = Frames.golden
    fragment[20] = 0x20  // More fragments follow.
    #expect(steering.flowHash(of: fragment) == 0x5CEE_A90C)
    var arp = Frames.golden
    arp.replaceSubrange(12..<14, with: [0x08, 0x06])
    #expect(steering.flowHash(of: arp) == 0)
    for byteCount in [0, 1, 13, 14, 20] {
      #expect(steering.flowHash(of: Array(Frames.golden[..<byteCount])) == 0)
    }
  }

  @Test("finds a queue in range for every hash, the same for the same flow", arguments: [1, 2, 3, 7, 16, 17, 64])
  func range(queueCount: Int) throws {
    let bench = try open(queueCount) { count in (0..<16).map { UInt32($0 % count) } }
    let steering = bench.device.flowSteering
    var used: Set<Int> = []
    for port in stride(from: 0, to: 65536, by: 97) as StrideTo<UInt16.Stride> {
      let frame = frame(from: UInt16(port))
      let queue = steering.queue(for: frame)
      #expect((0..<queueCount).contains(queue))
      #expect(steering.queue(for: frame) == queue)
      #expect(steering.queue(forFlowHash: steering.flowHash(of: frame)) == queue)
      used.insert(queue)
    }
    #expect(used.count == min(queueCount, 16), "a table of sixteen entries reaches sixteen queues")
    for hash in [0, 1, 0xFFFF_FFFF, 0x8000_0000] as [UInt32] {
      #expect((0..<queueCount).contains(steering.queue(forFlowHash: hash)))
    }
  }

  @Test("goes by the host's table")
  func table() throws {
    let entries: [UInt32] = [3, 1, 2, 0, 3, 3, 3, 3, 0, 0, 0, 0, 1, 2, 1, 2]
    let bench = try open(4) { _ in entries }
    for hash in 0..<64 as Range<UInt32> {
      #expect(bench.device.flowSteering.queue(forFlowHash: hash) == Int(entries[Int(hash) % 16]))
    }
  }

  @Test("brings entries of a hostile table into range")
  func hostileTable() throws {
    let entries: [UInt32] = [4, 5, 63, 64, 1000, .max, .max - 1, 1 << 31, 0, 1, 2, 3, 4, 5, 6, 7]
    let bench = try open(4) { _ in entries }
    for hash in 0..<16 as Range<UInt32> {
      #expect(bench.device.flowSteering.queue(forFlowHash: hash) == Int(entries[Int(hash)] % 4))
    }
  }

  @Test("counts around when the host sends no table, which nobody waits for")
  func noTable() throws {
    var start: UInt64 = 0
    let bench = try GuestBench { host, configuration in
      configuration.queueCount = 3
      host.terms.indirectionTable = nil
      start = host.clock.now
    }
    #expect(bench.clock.now == start)
    #expect(bench.device.queueCount == 3)
    for hash in 0..<32 as Range<UInt32> {
      #expect(bench.device.flowSteering.queue(forFlowHash: hash) == Int(hash) % 16 % 3)
    }
  }

  @Test("follows a table that comes later, from when the primary queue's sender has polled", arguments: [2, 4])
  func lateTable(queueCount: UInt32) throws {
    let bench = try GuestBench { host, configuration in
      configuration.queueCount = Int(queueCount)
      host.terms.indirectionTable = nil
    }
    let atStart = bench.device.flowSteering
    var sender = try bench.device.makeSender(queue: 0)
    for entry in [queueCount - 1, 0, queueCount + 1] {
      let table = SendIndirectionTable(entries: [UInt32](repeating: entry, count: 16))
      try bench.host.send(.inBand(table, byteCount: 80), on: bench.channel())
      try sender.poll()
      for hash in 0..<32 as Range<UInt32> {
        #expect(bench.device.flowSteering.queue(forFlowHash: hash) == Int(entry % queueCount))
        #expect(atStart.queue(forFlowHash: hash) == Int(hash) % 16 % Int(queueCount), "what was asked for before stays")
      }
    }
    #expect(sender.counters.ignoredPackets == 0)
    _ = sender.finish()
  }

  @Test("takes no table from a sub-channel, nor one that cannot be")
  func strayTables() throws {
    let bench = try GuestBench { host, configuration in
      configuration.queueCount = 2
      host.terms.indirectionTable = nil
    }
    let table = SendIndirectionTable(entries: [UInt32](repeating: 1, count: 16))
    let short = HostMessage(type: .dataInBand, transactionID: 0, payload: ExpectedPacket.halves([134, 16, 12, 1]))
    for (queue, message) in [(1, .inBand(table, byteCount: 80)), (0, short)] as [(Int, HostMessage)] {
      var sender = try bench.device.makeSender(queue: queue)
      try bench.host.send(message, on: bench.channel(queue))
      try sender.poll()
      #expect(sender.finish().counters.ignoredPackets == 1)
    }
    for hash in 0..<16 as Range<UInt32> { #expect(bench.device.flowSteering.queue(forFlowHash: hash) == Int(hash) % 2) }
  }

  @Test("finds the table where hosts of old versions put it")
  func legacyTable() throws {
    let entries = (0..<16).map { UInt32(($0 + 1) % 2) }
    for version in [NVSPVersion.v5, .v6, .v6_1] {
      let bench = try open(2, version: version) { host in
        host.terms.indirectionTable = nil
        host.amend = { host, step, honest in
          guard step == .message(.subchannel) else { return honest }
          // The field says 12, but up to version 6 the table of so long a message begins at 40.
          let old = [134, 16, 12] + [UInt32](repeating: 0, count: 7) + entries + [0]
          return honest + [HostMessage(type: .dataInBand, transactionID: 0, payload: ExpectedPacket.halves(old))]
        }
      }
      let queues = (0..<16 as Range<UInt32>).map { bench.device.flowSteering.queue(forFlowHash: $0) }
      let atTwelve = [0, 0, 0, 0, 0, 0, 0] + entries.prefix(9).map(Int.init)
      #expect(queues == (version <= .v6 ? entries.map(Int.init) : atTwelve))
    }
  }

  @Test(
    "does without a table that cannot be",
    arguments: [
      [134, 15, 12] + [UInt32](repeating: 1, count: 17), [134, 17, 12] + [UInt32](repeating: 1, count: 17),
      [134, 16, 20] + [UInt32](repeating: 1, count: 17), [134, 16, 0] + [UInt32](repeating: 1, count: 17),
      [134, 16, .max] + [UInt32](repeating: 1, count: 17), [134, 16, 12] + [UInt32](repeating: 1, count: 15),
      [134, 16],
    ])
  func impossibleTable(words: [UInt32]) throws {
    let bench = try open(2, version: .v6_1) { host in
      host.terms.indirectionTable = nil
      host.amend = { host, step, honest in
        guard step == .message(.subchannel) else { return honest }
        return honest + [HostMessage(type: .dataInBand, transactionID: 0, payload: ExpectedPacket.halves(words))]
      }
    }
    for hash in 0..<16 as Range<UInt32> {
      #expect(bench.device.flowSteering.queue(forFlowHash: hash) == Int(hash) % 2)
    }
  }

  private func open(_ queueCount: Int, version: NVSPVersion, _ prepare: (ScriptedHost) -> Void) throws -> GuestBench {
    try GuestBench(ringByteCount: 4 * 4096, sectionsPerQueue: 8) { host, configuration in
      configuration.queueCount = queueCount
      configuration.newestVersion = version.rawValue
      prepare(host)
    }
  }
}

extension FlowSteering {
  fileprivate func flowHash(of frame: [UInt8]) -> UInt32 { flowHash(of: frame.span.bytes) }
  fileprivate func queue(for frame: [UInt8]) -> Int { queue(for: frame.span.bytes) }
}
