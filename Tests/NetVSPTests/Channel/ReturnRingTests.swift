import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// The way back: what the host does when its guest takes no completions.
@Suite struct ReturnRingTests {
  private func fullGuest(_ host: Host, messages: Int) throws -> (ScriptedGuest, [UInt64]) {
    let guest = try ScriptedGuest(settingUp: host.offer, fromHostByteCount: 4096)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    return (guest, try (0..<messages).map { _ in try guest.send(section: 0, byteCount: 120) })
  }

  @Test(
    "with no room the host stops reading, says what it needs, and goes on when there is room (LIS 562)",
    arguments: HostVariant.all)
  func stopsAndResumes(variant: HostVariant) throws {
    let host = try variant.host(sink: .verify)
    // The ring takes 63 completions, and is read only when the host has stopped.
    let (guest, ids) = try fullGuest(host, messages: 500)
    for _ in 0..<250 where guest.primary.fromHost.pendingSendSize.loadRelaxed() == 0 { guest.primary.attend() }
    #expect(guest.primary.fromHost.pendingSendSize.loadRelaxed() == 1024)
    var completed: [UInt64] = []
    var idleRounds = 0
    // A lost wake-up shows as rounds in which nothing comes.
    while completed.count < ids.count, idleRounds < 100 {
      idleRounds += 1
      while let packet = try guest.primary.read() {
        completed.append(packet.transactionID)
        idleRounds = 0
      }
      guest.primary.freeRead()
      guest.primary.attend()
    }
    #expect(completed.elementsEqual(ids), "\(completed.count) of \(ids.count) messages were completed")
    #expect(host.statistics().total.receivedPackets == 500)
    guest.primary.close()
  }

  @Test("what the host needs is said while it is blocked only (openvmm 1939)", arguments: RingMapping.allCases)
  func pendingSize(mapping: RingMapping) throws {
    let host = try HostVariant(execution: .inline, ringMapping: mapping).host()
    let (guest, _) = try fullGuest(host, messages: 100)
    #expect(guest.primary.fromHost.featureBits.loadRelaxed() == 1)
    #expect(guest.primary.fromHost.pendingSendSize.loadRelaxed() == 0)
    for _ in 0..<4 { guest.primary.attend() }
    #expect(guest.primary.fromHost.pendingSendSize.loadRelaxed() == 1024)
    while try guest.primary.read() != nil {}
    guest.primary.freeRead()
    guest.primary.attend()
    #expect(guest.primary.fromHost.pendingSendSize.loadRelaxed() == 0)
  }

  @Test("completions are the same number as messages, each id once, over many laps", arguments: HostVariant.all)
  func exactlyOnce(variant: HostVariant) throws {
    let host = try variant.host(sink: .verify)
    let guest = try ScriptedGuest(settingUp: host.offer, toHostByteCount: 8192, fromHostByteCount: 4096)
    guest.fill(section: 0, GoldenVectors.aggregateImage.bytes)
    var (sent, completed): ([UInt64], [UInt64]) = ([], [])
    var generator = SeededGenerator()
    while completed.count < 3_000 {
      for _ in 0..<Int.random(in: 1...100, using: &generator) {
        guard let id = try? guest.send(section: 0, byteCount: 248) else { break }
        sent.append(id)
      }
      guest.primary.attend()
      while let packet = try guest.primary.receive() {
        #expect(packet.status == .success)
        completed.append(packet.transactionID)
      }
    }
    completed += try guest.primary.awaitAll().map(\.transactionID)
    #expect(completed.elementsEqual(sent), "\(completed.count) of \(sent.count) messages were completed")
    guest.primary.close()
    let total = host.statistics().total
    #expect(total.receivedPackets == UInt64(2 * sent.count))
    #expect(total.violations == 0)
  }

  @Test("a guest that spoils its read index loses the channel", arguments: [4, 4096, 0xFFFF_FFF8] as [UInt32])
  func spoiledReadIndex(index: UInt32) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let (guest, _) = try fullGuest(host, messages: 1)
    guest.primary.fromHost.readIndex.storeReleasing(index)
    #expect(guest.primary.awaitRescind()?.contains("index") == true)
    #expect(host.statistics().total.violations == 1)
  }
}
