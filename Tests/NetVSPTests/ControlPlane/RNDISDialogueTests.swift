import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct RNDISDialogueTests {
  private func openGuest(_ host: Host) throws -> ScriptedGuest { try ScriptedGuest(settingUp: host.offer) }
  private func inlineHost() throws -> Host { try Host(HostConfiguration(execution: .inline)) }

  @Test("INITIALIZE is answered with what common hosts promise", arguments: HostVariant.all)
  func initialize(variant: HostVariant) throws {
    let guest = try ScriptedGuest(try variant.host().offer)
    try guest.negotiate(.v6_1)
    try guest.configure(frameByteCount: 1514)
    try guest.announceNDISVersion()
    try guest.lendReceiveBuffer(byteCount: 1 << 18)
    try guest.lendSendBuffer(byteCount: 1 << 18)
    let answer = try guest.initializeRNDIS()
    #expect(answer.requestID == 1 && answer.status == .success)
    #expect(answer.maximumPacketsPerMessage == 8)
    #expect(answer.packetAlignmentFactor == 3)
    #expect(answer.maximumTransferByteCount == 0xEFFF_FFFF)
    guest.primary.close()
  }

  @Test("the carrier is completed before the answer comes")
  func order() throws {
    let guest = try openGuest(try inlineHost())
    let id = try guest.sendControl(poisoned(12) { RNDISKeepalive(requestID: 5).emit(into: &$0) })
    let packets = try guest.primary.awaitAll()
    #expect(packets.map(\.type) == [.completion, .dataUsingTransferPages])
    #expect(packets[0].transactionID == id && packets[0].status == .success)
    let answer: RNDISKeepaliveComplete = try guest.controlAnswer(packets[1]).message()
    #expect(answer == RNDISKeepaliveComplete(requestID: 5, status: .success))
    let carrier: SendRNDISPacket = try packets[1].message()
    #expect(carrier == SendRNDISPacket(channelType: .control))
  }

  @Test("answers wait for acknowledgements: sixteen are under way at most, each in a place of its own")
  func sixteenAnswers() throws {
    let guest = try openGuest(try inlineHost())
    for index in 0..<20 {
      try guest.sendControl(poisoned(12) { RNDISKeepalive(requestID: UInt32(100 + index)).emit(into: &$0) })
    }
    let answers = try guest.primary.awaitAll().filter { $0.type == .dataUsingTransferPages }.map(guest.controlAnswer)
    #expect(Set(answers.map(\.transactionID)) == Set(0..<16))
    #expect(Set(answers.map(\.byteOffset)).count == 16)
    try guest.acknowledge(answers[3].transactionID)
    let next = try #require(try guest.primary.await())
    #expect(next.transactionID == answers[3].transactionID)
    #expect(try guest.controlAnswer(next).message(RNDISKeepaliveComplete.self).requestID == 116)
  }

  @Test("a backlog of more than 100 KiB is refused, and is taken again once it is worked off")
  func backlog() throws {
    let guest = try openGuest(try inlineHost())
    let keepalive = poisoned(12) { RNDISKeepalive(requestID: 1).emit(into: &$0) }
    // Take all sixteen places for answers.
    for _ in 0..<16 { try guest.sendControl(keepalive) }
    let answers = try guest.primary.awaitAll().filter { $0.type == .dataUsingTransferPages }
    let large = keepalive + [UInt8](repeating: 0, count: 60 * 1024 - 12)
    try guest.sendControl(large)
    try guest.sendControl(large)
    #expect(try guest.primary.awaitAll().map(\.status) == [.success, .failure])
    for answer in answers { try guest.acknowledge(answer.transactionID) }
    #expect(try guest.primary.awaitAll().map(\.type) == [.dataUsingTransferPages])
    try guest.sendControl(large)
    #expect(try guest.primary.awaitAll().map(\.type) == [.completion, .dataUsingTransferPages])
  }

  @Test("HALT is taken and not answered")
  func halt() throws {
    let guest = try openGuest(try inlineHost())
    try guest.sendControl(poisoned(12) { RNDISHalt(requestID: 5).emit(into: &$0) })
    #expect(try guest.primary.awaitAll().map(\.status) == [.success])
    #expect(!guest.primary.channel.isRescinded)
  }

  @Test("a control message may come without a completion, and in a section")
  func otherCarriers() throws {
    let guest = try openGuest(try inlineHost())
    let keepalive = poisoned(12) { RNDISKeepalive(requestID: 6).emit(into: &$0) }
    try guest.sendControl(keepalive, completionRequested: false)
    #expect(try guest.primary.awaitAll().map(\.type) == [.dataUsingTransferPages])
    guest.fill(section: 3, keepalive)
    try guest.send(section: 3, byteCount: 12)
    #expect(try guest.primary.awaitAll().map(\.type) == [.completion, .dataUsingTransferPages])
  }

  @Test("control messages that cannot be taken in fail alone: no body, or on a sub-channel")
  func refusedAlone() throws {
    let host = try inlineHost()
    let guest = try openGuest(host)
    _ = try guest.requestSubchannels(1)
    let channel = try GuestChannel(host.offer, 1)
    _ = try guest.primary.await()
    try guest.sendControl([8, 0, 0, 0, 8, 0, 0, 0])
    #expect(try guest.primary.await()?.status == .failure)
    try guest.sendControl(poisoned(12) { RNDISKeepalive(requestID: 1).emit(into: &$0) }, on: channel)
    #expect(try channel.await()?.status == .failure)
    #expect(host.statistics().total.violations == 0)
    channel.close()
  }

  @Test("a request whose data is where it cannot be is answered as invalid", arguments: [4, 5] as [UInt8])
  func badInformation(type: UInt8) throws {
    let guest = try openGuest(try inlineHost())
    var message = [UInt8](repeating: 0, count: 32)
    message.replaceSubrange(0..<12, with: [type, 0, 0, 0, 32, 0, 0, 0, 9, 0, 0, 0])
    message.replaceSubrange(12..<16, with: [0x0E, 1, 1, 0])
    message.replaceSubrange(16..<24, with: [4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])
    try guest.sendControl(message)
    let packets = try guest.primary.awaitAll()
    let answer = try guest.controlAnswer(try #require(packets.last)).bytes
    #expect(Array(answer[8..<16]) == [9, 0, 0, 0, 0x15, 0, 1, 0xC0])
  }
}
