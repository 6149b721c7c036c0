import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// A host on threads of its own: it sleeps, wakes, and ends when it is told to.
@Suite struct ServedChannelTests {
  @Test("a sleeping host is woken by every message", arguments: RingMapping.allCases)
  func wakes(mapping: RingMapping) throws {
    let host = try HostVariant(execution: .threads, ringMapping: mapping).host()
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    for round in 0..<60 {
      // Every other time the host is asleep, and says so.
      for _ in 0..<1_000_000 where round % 2 == 0 && guest.primary.toHost.interruptMask.loadAcquiring() != 0 {
        Processors.pause()
      }
      let id = try guest.send(section: 0, byteCount: 120)
      #expect(try guest.primary.await()?.transactionID == id)
    }
    guest.primary.close()
  }

  @Test("an inline host never asks for a doorbell")
  func inlineIsMasked() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    #expect(guest.primary.toHost.interruptMask.loadRelaxed() == 1)
    #expect(host.step(guest.primary.channel) == 0)
    #expect(guest.primary.toHost.interruptMask.loadRelaxed() == 1)
  }

  @Test("a step is bounded, and tells how much it did")
  func boundedStep() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    for _ in 0..<600 { try guest.send(section: 0, byteCount: 120) }
    #expect((0..<4).map { _ in host.step(guest.primary.channel) } == [256, 256, 88, 0])
  }

  @Test(
    "closing does what was sent, completes it, and touches the rings no more (openvmm 2821)", arguments: HostVariant.all
  )
  func closeFinishes(variant: HostVariant) throws {
    let host = try variant.host(sink: .verify)
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    let ids = try (0..<700).map { _ in try guest.send(section: 0, byteCount: 120) }
    guest.primary.close()
    var completed: [UInt64] = []
    while let packet = try guest.primary.receive() { completed.append(packet.transactionID) }
    #expect(completed.elementsEqual(ids))
    #expect(host.statistics().total.receivedPackets == 700)
    try guest.send(section: 0, byteCount: 120)
    #expect(host.step(guest.primary.channel) == 0)
    #expect(try guest.primary.receive() == nil)
  }

  @Test("closing with a full return ring completes what there is room for", arguments: HostVariant.all)
  func closeWithoutRoom(variant: HostVariant) throws {
    let host = try variant.host()
    let guest = try ScriptedGuest(settingUp: host.offer, fromHostByteCount: 4096)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    for _ in 0..<300 { try guest.send(section: 0, byteCount: 120) }
    guest.primary.close()
    var count = 0
    while try guest.primary.receive() != nil { count += 1 }
    #expect(count == 63)
  }

  @Test("several channels are served at the same time", arguments: HostVariant.all)
  func manyChannels(variant: HostVariant) throws {
    let host = try variant.host(sink: .verify)
    let guest = try ScriptedGuest(settingUp: host.offer)
    _ = try guest.requestSubchannels(7)
    let channels = try (1...7).map { try GuestChannel(host.offer, $0) }
    #expect(try guest.primary.await()?.type == .dataInBand)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    for round in 0..<20 {
      for channel in channels { try guest.send(section: 0, byteCount: 120, on: channel, id: UInt64(round + 1)) }
      for channel in channels { #expect(try channel.await()?.transactionID == UInt64(round + 1)) }
    }
    #expect(host.statistics().channels[1...7].allSatisfy { $0.receivedPackets == 20 })
    for channel in channels { channel.close() }
    guest.primary.close()
  }
}
