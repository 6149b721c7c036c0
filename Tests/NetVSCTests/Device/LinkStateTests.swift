import NetVSC
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Indications of the host")
struct LinkStateTests {
  private func indication(_ status: RNDISStatus, id: UInt64 = 0x20, channelType: NVSPChannelType = .control)
    -> HostMessage
  {
    let bytes = poisoned(20) { RNDISIndicateStatus(status: status).emit(into: &$0) }
    return .received(bytes, at: 17 * 1728, transactionID: id, channelType: channelType)
  }

  @Test("say that the link goes down and up, while a sender runs")
  func link() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    for (index, (status, isUp)) in [
      (.mediaDisconnect, false), (.mediaDisconnect, false), (.mediaConnect, true), (.linkSpeedChange, true),
      (.mediaDisconnect, false), (.networkChange, false), (RNDISStatus(rawValue: 0xDEAD_BEEF), false),
      (.mediaConnect, true),
    ].enumerated() as EnumeratedSequence<[(RNDISStatus, Bool)]> {
      try bench.host.send(indication(status, id: UInt64(index)), on: bench.channel())
      try sender.publish([Frames.golden])
      try sender.poll()
      #expect(bench.device.isLinkUp == isUp)
      #expect(bench.device.statusIndicationCount == UInt64(index + 1))
      let sent = try bench.takeAll()
      #expect(sent.map(\.type) == [.dataInBand, .completion], "the frame, and the receive packet given back")
      #expect(sent[1].transactionID == UInt64(index))
      try bench.complete([sent[0]])
    }
    try sender.poll()
    #expect(sender.finish().counters.completed == PacketCount(8, 480))
  }

  @Test("count from the start, whatever the guest waits for", arguments: HandshakeFault.steps.dropFirst(3))
  func duringOpening(step: ScriptedHost.Step) throws {
    let bench = try GuestBench { host, _ in
      host.amend = { _, met, honest in met == step ? [self.indication(.networkChange)] + honest : honest }
    }
    #expect(bench.device.statusIndicationCount == 1)
    #expect(bench.device.isLinkUp)
  }

  @Test("hold against what was asked before")
  func afterTheQuestion() throws {
    let bench = try GuestBench { host, _ in
      host.amend = { _, met, honest in
        met == .set(.currentPacketFilter) ? honest + [self.indication(.mediaDisconnect)] : honest
      }
    }
    #expect(!bench.device.isLinkUp)
  }

  @Test("are found among several ranges, and each of them counts")
  func ranges() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let down = poisoned(20) { RNDISIndicateStatus(status: .mediaDisconnect).emit(into: &$0) }
    let ranges = [
      TransferRange(byteCount: .max, byteOffset: .max), TransferRange(byteCount: 20, byteOffset: 0),
      TransferRange(byteCount: 1, byteOffset: 0), TransferRange(byteCount: 20, byteOffset: 0),
    ]
    try bench.host.send(.received(down, transactionID: 3, ranges: ranges), on: bench.channel())
    try sender.poll()
    #expect(bench.device.statusIndicationCount == 2)
    #expect(!bench.device.isLinkUp)
    _ = sender.finish()
  }

  @Test("that are none are let pass, and given back all the same")
  func nonsense() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let down = poisoned(20) { RNDISIndicateStatus(status: .mediaDisconnect).emit(into: &$0) }
    var messages = [
      indication(.mediaDisconnect, channelType: .data),
      .received(down, transactionID: 0, pageSetID: 0xCAFF),
      .received(down, transactionID: 0, ranges: []),
      .received(Array(down[..<19]), transactionID: 0),
      HostMessage(
        type: .dataUsingTransferPages, transactionID: 0, header: ExpectedPacket.words([1 << 32 | 0xCAFE, 20]),
        payload: []),
      HostMessage(
        type: .dataUsingTransferPages, transactionID: 0, header: ExpectedPacket.words([1 << 32 | 0xCAFE]),
        payload: ExpectedPacket.halves([107, 1, .max, 0])),
      HostMessage(
        type: .dataUsingTransferPages, transactionID: 0, header: ExpectedPacket.words([.max, 20]),
        payload: ExpectedPacket.halves([107, 1, .max, 0])),
    ]
    // A length that is not the message's, another message, and information that is not in it.
    for (offset, value) in [(4, 19), (4, 21), (0, 6), (12, 1)] as [(Int, UInt8)] {
      var bytes = down
      bytes[offset] = value
      messages.append(.received(bytes, transactionID: 0))
    }
    for message in messages {
      try bench.host.send(message, on: bench.channel())
      try sender.poll()
    }
    #expect(bench.device.statusIndicationCount == 0)
    #expect(bench.device.isLinkUp)
    #expect(sender.finish().counters.receivesAcknowledged == UInt64(messages.count))
  }

  @Test("come on the primary channel alone")
  func subchannel() throws {
    let bench = try GuestBench { $1.queueCount = 2 }
    var sender = try bench.device.makeSender(queue: 1)
    try bench.host.send(indication(.mediaDisconnect), on: bench.channel(1))
    try sender.poll()
    #expect(bench.device.isLinkUp)
    #expect(bench.device.statusIndicationCount == 0)
    #expect(sender.finish().counters.receivesAcknowledged == 1)
  }
}
