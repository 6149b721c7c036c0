import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct SubchannelTests {
  private func table(_ packet: ReceivedPacket?) throws -> [UInt32] {
    let packet = try #require(packet)
    #expect(packet.type == .dataInBand)
    #expect(packet.transactionID == 0 && !packet.completionRequested)
    return try SendIndirectionTable(parsing: packet.payload.span.bytes, version: .v6_1).entries
  }

  @Test("the table comes when all granted channels are open, and not before", arguments: HostVariant.all)
  func tableAfterOpening(variant: HostVariant) throws {
    let host = try variant.host()
    let guest = try ScriptedGuest(settingUp: host.offer)
    let answer = try guest.requestSubchannels(3)
    #expect(answer.status == .success && answer.subchannelCount == 3)
    #expect(host.offer.bus.channels.count == 4)
    var channels = [try GuestChannel(host.offer, 1), try GuestChannel(host.offer, 3)]
    guest.primary.attend()
    #expect(try guest.primary.receive() == nil)
    channels.append(try GuestChannel(host.offer, 2))
    #expect(try table(guest.primary.await()) == (0..<16).map { $0 % 4 })
    for channel in channels { channel.close() }
  }

  @Test("the table of four channels is the golden one, byte for byte")
  func goldenTable() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    _ = try guest.requestSubchannels(3)
    let start = guest.primary.fromHost.writeIndex.loadRelaxed()
    let channels = try (1...3).map { try GuestChannel(host.offer, $0) }
    #expect(try guest.primary.await() != nil)
    var golden = GoldenVectors.indirectionTablePacket.words
    // The trailer tells where in its ring the packet starts.
    golden[golden.count - 1] = PacketTrailer.word(packetStart: start)
    #expect(golden.indices.map { guest.primary.fromHost.loadWord(at: start + UInt32(8 * $0)) } == golden)
    for channel in channels { channel.close() }
  }

  @Test("fewer channels are granted than asked for", arguments: 0...3)
  func fewer(limit: Int) throws {
    var configuration = HostConfiguration(execution: .inline)
    configuration.grantedSubchannelLimit = limit
    let host = try Host(configuration)
    let guest = try ScriptedGuest(settingUp: host.offer)
    let answer = try guest.requestSubchannels(3)
    #expect(answer.status == .success)
    #expect(Int(answer.subchannelCount) == limit)
    #expect(host.offer.bus.channels.count == 1 + limit)
    let channels = try (0..<limit).map { try GuestChannel(host.offer, $0 + 1) }
    #expect(try table(guest.primary.await()) == (0..<16).map { $0 % UInt32(limit + 1) })
    for channel in channels { channel.close() }
  }

  @Test(
    "frames on a sub-channel are completed there, in the agreed size (openvmm 3908, 4060)",
    arguments: [.v5, .v6_1] as [NVSPVersion])
  func frames(version: NVSPVersion) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer, version: version)
    _ = try guest.requestSubchannels(1)
    let channel = try GuestChannel(host.offer, 1)
    guest.fill(section: 2, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 2, byteCount: 120, on: channel, id: 77)
    let completion = try #require(try channel.await())
    #expect(completion.transactionID == 77)
    #expect(completion.status == .success)
    #expect(completion.payload.count == (version == .v6_1 ? 40 : 32))
    #expect(host.statistics().channels[0].receivedPackets == 0)
    #expect(host.statistics().channels[1].receivedPackets == 1)
    channel.close()
  }

  @Test("requests that cannot be granted are refused with no channel")
  func refused() throws {
    var configuration = HostConfiguration(execution: .inline)
    configuration.maximumChannelCount = 8
    let host = try Host(configuration)
    let guest = try ScriptedGuest(settingUp: host.offer)
    for answer in [
      try guest.requestSubchannels(8), try guest.requestSubchannels(0xFFFF_FFFF),
      try guest.requestSubchannels(2, operation: 2),
    ] {
      #expect(answer == SubchannelComplete(status: .failure, subchannelCount: 0))
    }
    #expect(try guest.requestSubchannels(2).status == .success)
    #expect(try guest.requestSubchannels(2).status == .failure)
  }

  @Test("a receive buffer without room for each channel's frames grants none")
  func smallReceiveBuffer() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    // 20 sub-allocations of 1806 bytes, 16 of which are kept for answers.
    let guest = try ScriptedGuest(settingUp: host.offer, receiveBufferByteCount: 36_864)
    #expect(try guest.requestSubchannels(4).status == .failure)
    #expect(try guest.requestSubchannels(3).status == .success)
  }

  @Test("a sub-channel cannot be opened before the set-up is over, nor one that was not offered")
  func tooEarly() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(host.offer)
    #expect(throws: ChannelError.notOffered(1)) { _ = try GuestChannel(host.offer, 1) }
    try host.offer.bus.offerChannel()
    #expect(throws: ChannelError.self) { _ = try GuestChannel(host.offer, 1) }
    guest.primary.close()
  }
}
