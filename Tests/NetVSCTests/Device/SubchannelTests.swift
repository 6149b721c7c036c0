import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Sub-channels")
struct SubchannelTests {
  private func open(_ queueCount: Int, _ prepare: (ScriptedHost, inout DeviceConfiguration) -> Void = { _, _ in })
    throws -> GuestBench
  {
    try GuestBench(ringByteCount: 4 * 4096, sectionsPerQueue: 8) { host, configuration in
      configuration.queueCount = queueCount
      prepare(host, &configuration)
    }
  }

  @Test("are asked for, opened in order, and give a queue each", arguments: [2, 3, 7, 64])
  func granted(queueCount: Int) throws {
    let bench = try open(queueCount)
    let request = try #require(bench.opening.first { $0.messageType == .subchannel })
    #expect(Array(request.payload[..<12]) == ExpectedPacket.halves([133, 1, UInt32(queueCount - 1)]))
    #expect(request.descriptor.completionRequested)
    #expect(bench.host.openings == Array(0..<queueCount))
    #expect(bench.device.queueCount == queueCount)
    for queue in 0..<queueCount {
      var sender = try bench.device.makeSender(queue: queue)
      try sender.publish([Frames.numbered(queue)])
      let packets = try bench.takeAll(queue)
      #expect(packets.map(\.frame) == [Frames.numbered(queue)])
      try bench.complete(packets)
      try sender.poll()
      #expect(sender.queueIndex == queue)
      #expect(sender.finish().counters.completed == PacketCount(1, 60))
    }
  }

  @Test("are asked for after the dialogue began, and before the packet filter opens")
  func order() throws {
    let bench = try open(2)
    let steps = bench.opening.filter { $0.type != .completion }.map { packet in
      packet.carried.isEmpty ? packet.messageType?.rawValue : UInt32(packet.carried[0])
    }
    // Four queries, the offloads; receive scaling asked for, sub-channels, receive scaling off and on; the filter.
    #expect(steps == [1, 125, 100, 101, 104, 2, 4, 4, 4, 4, 5, 4, 133, 5, 5, 5])
  }

  @Test("may be fewer than were asked for, or none", arguments: [0, 1, 3])
  func fewer(granted: Int) throws {
    let bench = try open(5) { host, _ in host.terms.grantedSubchannelCount = granted }
    #expect(bench.host.openings == Array(0...granted))
    #expect(bench.device.queueCount == granted + 1)
    #expect(throws: DeviceError.queueTaken(granted + 1)) { _ = try bench.device.makeSender(queue: granted + 1) }
  }

  @Test("are never more than were asked for", arguments: [2, 63, UInt32.max])
  func more(claimed: UInt32) throws {
    let bench = try open(2) { host, _ in
      host.amend = { host, step, honest in
        guard step == .message(.subchannel) else { return honest }
        while host.bus.channels.count < 8, (try? host.bus.offerChannel()) != nil {}
        return [
          .completion(
            of: honest[0].transactionID, SubchannelComplete(status: .success, subchannelCount: claimed))
        ]
      }
    }
    #expect(bench.host.openings == [0, 1])
    #expect(bench.device.queueCount == 2)
  }

  @Test("are done without when the host fails the request", arguments: [NVSPStatus.none, .failure, .busy])
  func failed(status: NVSPStatus) throws {
    let bench = try open(4) { host, _ in
      host.amend = { _, step, honest in
        guard step == .message(.subchannel) else { return honest }
        return [.completion(of: honest[0].transactionID, SubchannelComplete(status: status, subchannelCount: 3))]
      }
    }
    #expect(bench.device.queueCount == 1)
    #expect(bench.host.openings == [0])
  }

  @Test("are used as far as they could be opened", arguments: 1...3)
  func refusedToOpen(first refused: Int) throws {
    let bench = try open(4) { host, _ in host.closedDoors = Set(refused...3) }
    #expect(bench.device.queueCount == refused)
    #expect(bench.host.openings == Array(0..<refused))
    bench.device.close()
    #expect(bench.host.leftovers == [])
  }

  @Test("that were granted but not offered are done without")
  func notOffered() throws {
    let bench = try open(3) { host, _ in
      host.amend = { _, step, honest in
        guard step == .message(.subchannel) else { return honest }
        return [.completion(of: honest[0].transactionID, SubchannelComplete(status: .success, subchannelCount: 2))]
      }
      host.terms.grantedSubchannelCount = 1
    }
    #expect(bench.device.queueCount == 2)
  }

  @Test("are not asked for below version 5", arguments: [NVSPVersion.v1, .v2, .v4])
  func oldVersions(version: NVSPVersion) throws {
    let bench = try open(4) { host, _ in host.terms.newestVersion = version }
    #expect(bench.device.queueCount == 1)
    #expect(!bench.opening.contains { $0.messageType == .subchannel })
  }

  @Test("end the set-up when the answer is none", arguments: [[], ExpectedPacket.halves([133, 1])])
  func garbage(payload: [UInt8]) throws {
    let host = try ScriptedHost()
    host.amend = { _, step, honest in
      step == .message(.subchannel) ? [.completion(of: honest[0].transactionID, payload: payload)] : honest
    }
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.queueCount = 2
    #expect(throws: DeviceError.self) { try Device.open(host.offer, configuration) }
    #expect(host.leftovers == [])
  }

  @Test("share the send buffer without sharing a section")
  func sections() throws {
    let bench = try open(3)
    var used: [UInt32] = []
    for queue in 0..<3 {
      var sender = try bench.device.makeSender(queue: queue)
      let count = try sender.fill()
      #expect(count == 8)
      used += try bench.takeAll(queue).map {
        try SendRNDISPacket(parsing: $0.payload.span.bytes).sectionIndex
      }
      _ = sender.finish()
    }
    #expect(used.count == 24)
    #expect(Set(used) == Set(0..<24))
  }

  @Test("of a host that goes away while they open are done without, and the set-up ends")
  func rescinded() throws {
    let host = try ScriptedHost()
    host.amend = { host, step, honest in
      if step == .message(.subchannel) { host.bus.channels[0].rescind(because: "unplugged") }
      return honest
    }
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.queueCount = 3
    #expect(throws: DeviceError.rescinded("unplugged")) { try Device.open(host.offer, configuration) }
    #expect(host.leftovers == [])
  }
}
