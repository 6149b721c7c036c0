import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("The dialogue with a host")
struct ControlChannelTests {
  @Test(
    "ends with one clear line when an answer is wrong, and leaves nothing behind", arguments: HandshakeFault.refused)
  func refusal(fault: HandshakeFault) throws {
    let host = try ScriptedHost()
    let start = host.clock.now
    let error = try #require(fault.open(on: host), "the fault must be noticed")
    guard case .refused = error else {
      Issue.record("another kind of error: \(error)")
      return
    }
    let reason = try #require(fault.reason)
    #expect(error.description.contains(reason))
    #expect(!error.description.contains("\n"))
    #expect(host.clock.now - start < 1_000_000_000, "nothing had to be waited for")
    #expect(host.leftovers == [])
  }

  @Test("ends when the time for an answer is over, and leaves nothing behind", arguments: HandshakeFault.unanswered)
  func silence(fault: HandshakeFault) throws {
    let host = try ScriptedHost()
    let start = host.clock.now
    let error = try #require(fault.open(on: host), "the fault must be noticed")
    guard case .noAnswer = error else {
      Issue.record("another kind of error: \(error)")
      return
    }
    #expect(!error.description.contains("\n"))
    #expect(host.clock.now - start == 5_000_000_000, "exactly the time that was configured")
    #expect(host.leftovers == [])
  }

  @Test("gives up at the time that was configured", arguments: [0, 1, 49_999_999, 50_000_000, 123_456_789] as [UInt64])
  func timeout(answerTimeout: UInt64) throws {
    let host = try ScriptedHost()
    host.onAttend = { _, _ in }
    let start = host.clock.now
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.answerTimeout = answerTimeout
    #expect(throws: DeviceError.noAnswer(step: NVSPVersion.v6_1.description)) {
      try Device.open(host.offer, configuration)
    }
    #expect(host.clock.now - start == answerTimeout)
  }

  @Test("ends when every version is refused")
  func everyVersionRefused() throws {
    let host = try ScriptedHost()
    host.terms.newestVersion = NVSPVersion(rawValue: 0)
    let error = try #require(throws: DeviceError.self) {
      try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    }
    #expect(error.description.hasPrefix("the host refused every version of NVSP: "))
    #expect(host.log.map(\.messageType) == [NVSPMessageType?](repeating: .initialize, count: 6))
    #expect(host.leftovers == [])
  }

  @Test(
    "ends when the host goes away at any step, with its reason",
    arguments: HandshakeFault.steps + HandshakeFault.subchannelSteps)
  func rescind(step: ScriptedHost.Step) throws {
    let host = try ScriptedHost()
    host.amend = { host, met, honest in
      guard met == step else { return honest }
      host.bus.channels[0].rescind(because: "unplugged")
      return []
    }
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.queueCount = 3
    let start = host.clock.now
    #expect(throws: DeviceError.rescinded("unplugged")) { try Device.open(host.offer, configuration) }
    #expect(host.clock.now == start, "a host that went away is not waited for")
    #expect(host.leftovers == [])
  }

  @Test("ends when the host goes away while it opens a channel", arguments: 1...2)
  func rescindWhileOpening(index: Int) throws {
    let host = try ScriptedHost()
    host.onOpen = { host, opened in if opened == index { host.bus.channels[0].rescind(because: "unplugged") } }
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.queueCount = 3
    #expect(throws: DeviceError.rescinded("unplugged")) { try Device.open(host.offer, configuration) }
    #expect(host.leftovers == [])
  }

  @Test("leaves in the host's ring what it cannot give back, and ends in time")
  func flood() throws {
    let host = try ScriptedHost()
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.ringByteCount = 2 * 4096
    var sent = 0
    host.onAttend = { _, channel in
      // As many as the ring holds, each time, and nothing of the guest's is taken.
      while (try? channel.send(.received([], transactionID: 1))) != nil { sent += 1 }
    }
    #expect(throws: DeviceError.noAnswer(step: NVSPVersion.v6_1.description)) {
      try Device.open(host.offer, configuration)
    }
    // 1024 wait for room, 126 are in the guest's ring, and 51 fill the host's.
    #expect((1024...1024 + 126 + 2 * 51).contains(sent))
    #expect(host.leftovers == [])
  }

  @Test("ends when the host's ring is spoiled", arguments: [4, 0x3F000, 0x3F008, 0xFFFF_FFF8] as [UInt32])
  func spoiledRing(index: UInt32) throws {
    let host = try ScriptedHost()
    host.onAttend = { _, channel in channel.hostToGuest.ring.writeIndex.storeReleasing(index) }
    var configuration = GuestBench.configuration(clock: host.clock)
    configuration.ringByteCount = 64 * 4096
    let error = try #require(throws: DeviceError.self) { try Device.open(host.offer, configuration) }
    #expect(error.description.contains("\(index)"))
    #expect(host.leftovers == [])
  }

  @Test("ends when the host refuses the primary channel")
  func closedDoor() throws {
    let host = try ScriptedHost()
    host.closedDoors = [0]
    let error = try #require(throws: DeviceError.self) {
      try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    }
    #expect(error.description == "the host refused channel 0: the host refused the channel: closed door")
    #expect(host.leftovers == [])
  }

  @Test("lets pass what it did not ask for, and gives every receive packet back")
  func unasked() throws {
    let indication = poisoned(20) { RNDISIndicateStatus(status: .success).emit(into: &$0) }
    let bench = try GuestBench { host, _ in
      host.amend = { _, step, honest in
        guard step != .acknowledgement else { return honest }
        var answers: [HostMessage] = [
          .completion(of: 0, NVSPInitializeComplete(status: .failure)),
          .completion(of: .max, SendReceiveBufferComplete(status: .failure, section: nil)),
          .inBand(SendVFAssociation(isAllocated: true, serialNumber: 7)),
          HostMessage(type: .dataInBand, transactionID: 0, payload: ExpectedPacket.halves([0xFFFF_FFFF, 0])),
          HostMessage(type: .dataInBand, transactionID: 0, payload: []),
          HostMessage(
            type: VMBusPacketType(rawValue: 4), transactionID: 0, payload: ExpectedPacket.halves([1, 2, 3, 4])),
        ]
        // What is unasked may also come between the parts of an answer, and the answer twice.
        for answer in honest { answers += [answer, answer] }
        if step != .version(.v6_1), step != .message(.sendNDISConfiguration) {
          answers.append(.received(indication, at: 17 * 1728, transactionID: 0))
        }
        return answers
      }
    }
    #expect(bench.device.protocolVersion == "NVSP 6.1")
    #expect(bench.host.problems.isEmpty)
    // Announcement (100) and two buffers: three indications. INITIALIZE, four queries, two settings: an answer twice and
    // an indication.
    let acknowledged = bench.opening.filter { $0.type == .completion }
    #expect(acknowledged.count == 3 + 7 * 3)
    #expect(acknowledged.filter { $0.transactionID == 0 }.count == 10, "also those with id 0")
    // What came before the receive buffer was lent cannot be read.
    #expect(bench.device.statusIndicationCount == 8)
  }

  @Test("finds its answer among several ranges, the bad ones skipped")
  func manyRanges() throws {
    let bench = try GuestBench { host, _ in
      host.amend = { _, step, honest in
        guard step == .query(.permanentAddress), let received = honest[1].received else { return honest }
        let bytes = [UInt8](repeating: 0xFF, count: 1728) + received.bytes
        return [
          honest[0],
          .received(
            bytes, transactionID: 5,
            ranges: [
              TransferRange(byteCount: 1728, byteOffset: 0),
              TransferRange(byteCount: 1, byteOffset: 0),
              TransferRange(byteCount: .max, byteOffset: .max),
              TransferRange(byteCount: UInt32(received.bytes.count), byteOffset: 1728),
            ]),
        ]
      }
    }
    #expect(bench.device.address == "00:15:5d:01:02:03")
  }

  @Test("rings for a host with threads of its own, and asks it to ring back")
  func threadedHost() throws {
    let host = try ScriptedHost(runsInline: false)
    // A host that sleeps looks when it is rung for, and at nothing else.
    host.onAttend = { host, channel in
      #expect(channel.hostToGuest.ring.interruptMask.loadRelaxed() == 0, "whoever waits wants to be woken")
      if channel.channel.toHost.wait(timeout: 0) { try host.serve(channel) }
      while try channel.unmask() { try host.serve(channel) }
    }
    let device = try Device.open(host.offer, GuestBench.configuration(clock: host.clock))
    #expect(device.protocolVersion == "NVSP 6.1")
    #expect(host.problems.isEmpty)
  }
}
