import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct HostTests {
  @Test("a host that shuts down takes all channels away and ends its threads", arguments: HostVariant.all)
  func shutDown(variant: HostVariant) throws {
    let host = try variant.host()
    let guest = try ScriptedGuest(settingUp: host.offer)
    _ = try guest.requestSubchannels(1)
    let channel = try GuestChannel(host.offer, 1)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 0, byteCount: 120, on: channel)
    #expect(try channel.await() != nil)
    host.shutDown()
    for channel in [guest.primary.channel, channel.channel] {
      #expect(channel.isRescinded)
      #expect(channel.rescindReason == "the host shut down")
    }
    try guest.send(section: 0, byteCount: 120)
    guest.primary.attend()
    #expect(host.statistics().total.receivedPackets == 1)
    #expect(throws: ChannelError.self) { _ = try GuestChannel(host.offer, 2) }
    host.shutDown()
    channel.close()
    guest.primary.close()
  }

  @Test("a host that is let go ends its threads by itself")
  func letGo() throws {
    let channel: Channel
    do {
      let host = try Host(HostConfiguration(execution: .threads))
      channel = try GuestChannel(host.offer).channel
    }
    #expect(channel.isRescinded)
  }

  @Test("a guest may close and come again; what was counted stays", arguments: HostVariant.all)
  func reopening(variant: HostVariant) throws {
    let host = try variant.host(sink: .verify)
    for round in 1...3 {
      let guest = try ScriptedGuest(settingUp: host.offer)
      #expect(try guest.requestSubchannels(round).status == .success)
      let channels = try (1...round).map { try GuestChannel(host.offer, $0) }
      #expect(try guest.primary.await()?.type == .dataInBand)
      guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
      try guest.send(section: 0, byteCount: 120)
      try guest.send(section: 0, byteCount: 120, on: channels[0])
      #expect(try guest.primary.await()?.status == .success)
      #expect(try channels[0].await()?.status == .success)
      for channel in channels { channel.close() }
      guest.primary.close()
      #expect(host.statistics().total.receivedPackets == UInt64(2 * round))
      #expect(host.statistics().channels[1].receivedPackets == UInt64(round))
    }
    #expect(host.offer.bus.channels.count == 4)
  }

  @Test("two hosts know nothing of each other")
  func twoHosts() throws {
    let (first, second) = (try Host(HostConfiguration(execution: .inline)), try Host())
    let guest = try ScriptedGuest(settingUp: first.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 0, byteCount: 120)
    _ = try guest.primary.await()
    #expect(first.statistics().total.receivedPackets == 1)
    #expect(second.statistics().total == ChannelStatistics())
  }

  @Test("statistics count each kind of thing")
  func statistics() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let before = host.statistics().total
    guest.fill(section: 0, GoldenVectors.aggregateImage.bytes)
    try guest.send(section: 0, byteCount: 248)
    try guest.send(section: 0, byteCount: 247)
    _ = try guest.primary.awaitAll()
    let after = host.statistics().total
    #expect(after.messages - before.messages == 2)
    #expect(after.completions - before.completions == 2)
    #expect(after.failures - before.failures == 1)
    #expect(after.receivedPackets == 2 && after.receivedBytes == 121)
    // One step published both completions into an empty ring.
    #expect(after.doorbells - before.doorbells == 1)
  }

  @Test("a configuration that no host can have traps")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      var configuration = HostConfiguration()
      configuration.maximumChannelCount = 0
      _ = try Host(configuration)
    }
    await #expect(processExitsWith: .failure) {
      var configuration = HostConfiguration()
      configuration.sectionByteCount = 6140
      _ = try Host(configuration)
    }
  }
}
