import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// What a host does that is told to do wrong, message by message.
@Suite struct HostFaultsTests {
  private func bench(
    _ variant: HostVariant = HostVariant(execution: .inline, ringMapping: .double), fromHostByteCount: Int = 1 << 16,
    _ prepare: (inout HostFaults) -> Void
  ) throws -> (host: Host, guest: ScriptedGuest) {
    let host = try variant.host(sink: .verify) { prepare(&$0.faults) }
    let guest = try ScriptedGuest(settingUp: host.offer, fromHostByteCount: fromHostByteCount)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    return (host, guest)
  }

  /// Sends so many messages. Returns their ids.
  private func send(_ count: Int, from guest: ScriptedGuest) throws -> [UInt64] {
    try (0..<count).map { _ in try guest.send(section: 0, byteCount: 120) }
  }

  /// Has the host look once. Returns the ids it completed, and with what status.
  private func step(_ host: Host, _ guest: ScriptedGuest) throws -> [Completed] {
    host.step(guest.primary.channel)
    var completed: [Completed] = []
    while let packet = try guest.primary.receive() {
      completed.append(Completed(id: packet.transactionID, status: try #require(packet.status)))
    }
    return completed
  }

  private struct Completed: Equatable {
    let id: UInt64
    var status = NVSPStatus.success
  }

  @Test("silence begins after the number of messages, and spares the dialogue", arguments: [0, 1, 4] as [UInt64])
  func silence(after limit: UInt64) throws {
    let (host, guest) = try bench { $0.silentAfter = limit }
    let ids = try send(4, from: guest)
    #expect(try step(host, guest) == ids.prefix(Int(limit)).map { Completed(id: $0) })
    let answer = try guest.dialogue(RNDISQuery(requestID: 7, oid: .linkSpeed))
    #expect(try answer.message(RNDISQueryComplete.self).status == .success)
    #expect(host.statistics().total.receivedPackets == 4, "what is not completed was received all the same")
  }

  @Test("failure begins after the number of messages, and changes nothing but the status")
  func failure() throws {
    let (host, guest) = try bench { $0.failingAfter = 2 }
    let ids = try send(4, from: guest)
    #expect(
      try step(host, guest) == [
        Completed(id: ids[0]), Completed(id: ids[1]), Completed(id: ids[2], status: .failure),
        Completed(id: ids[3], status: .failure),
      ])
    #expect(host.statistics().total.deliveredPackets == 4)
  }

  @Test("a slow host completes what it held, the latest first, once there are enough messages")
  func slowness() throws {
    let (host, guest) = try bench { $0.delay = 4 }
    let ids = try send(3, from: guest)
    #expect(try step(host, guest) == [])
    let more = try send(2, from: guest)
    #expect(try step(host, guest) == (ids + more).reversed().map { Completed(id: $0) })
    let last = try send(1, from: guest)
    #expect(try step(host, guest) == [])
    #expect(try step(host, guest) == [], "looks in vain count as well, so that nothing is held for ever")
    #expect(try step(host, guest) == [])
    #expect(try step(host, guest) == last.map { Completed(id: $0) })
  }

  @Test("completions come twice, the copies behind the batch")
  func duplicates() throws {
    let (host, guest) = try bench { $0.duplicatingAfter = 1 }
    let ids = try send(3, from: guest)
    #expect(try step(host, guest) == (ids + ids.dropFirst()).map { Completed(id: $0) })
  }

  @Test("ids that no message has are completed beside those that have one")
  func inventions() throws {
    let (host, guest) = try bench { $0.inventingAfter = 0 }
    let ids = try send(2, from: guest)
    #expect(try step(host, guest) == (ids + ids.map { ~$0 }).map { Completed(id: $0) })
  }

  @Test("a channel that hangs is not read any more, and not taken away", arguments: HostVariant.all)
  func hanging(variant: HostVariant) throws {
    let (host, guest) = try bench(variant) { $0.hangingAfter = 2 }
    let ids = try send(2, from: guest)
    #expect(try guest.primary.awaitAll().map(\.transactionID) == ids)
    let read = guest.primary.toHost.readIndex.loadAcquiring()
    _ = try send(2, from: guest)
    for _ in 0..<3 { guest.primary.attend() }
    #expect(guest.primary.toHost.readIndex.loadAcquiring() == read)
    #expect(try guest.primary.receive() == nil)
    #expect(!guest.primary.channel.isRescinded)
    #expect(host.statistics().total.receivedPackets == 2)
    guest.primary.close()
  }

  @Test("a dying host takes every channel along, when it has completed its number", arguments: HostVariant.all, [0, 3])
  func death(variant: HostVariant, limit: Int) throws {
    let (host, guest) = try bench(variant) { $0.dyingAfter = UInt64(limit) }
    _ = try guest.requestSubchannels(1)
    let other = try GuestChannel(host.offer, 1)
    _ = try guest.primary.awaitAll()
    for id in 0..<5 as Range<UInt64> { try guest.send(section: 0, byteCount: 120, on: other, id: 100 + id) }
    #expect(other.awaitRescind() == "the host died")
    #expect(guest.primary.awaitRescind() == "the host died")
    var completed: [UInt64] = []
    while let packet = try other.receive() { completed.append(packet.transactionID) }
    #expect(completed == (0..<limit).map { 100 + UInt64($0) })
    #expect(host.statistics().problem == nil, "the guest did nothing wrong")
    other.close()
    guest.primary.close()
  }

  @Test("sub-channels from the number on do not open; those before do", arguments: [1, 2, 3])
  func closedSubchannels(first: Int) throws {
    let (host, guest) = try bench { $0.closedFromSubchannel = first }
    #expect(try guest.requestSubchannels(3).subchannelCount == 3)
    for index in 1...3 {
      if index < first {
        try GuestChannel(host.offer, index).close()
      } else {
        #expect(throws: ChannelError.self) { _ = try GuestChannel(host.offer, index) }
      }
    }
  }

  @Test("what faults make of completions waits for room like others do", arguments: HostVariant.all)
  func fullReturnRing(variant: HostVariant) throws {
    // The ring takes 63 completions.
    let (host, guest) = try bench(variant, fromHostByteCount: 4096) {
      $0.duplicatingAfter = 0
      $0.inventingAfter = 0
      $0.delay = 100
    }
    let ids = try send(400, from: guest)
    var completed: [UInt64] = []
    var idleRounds = 0
    while completed.count < 3 * ids.count, idleRounds < 300 {
      idleRounds += 1
      while let packet = try guest.primary.receive() {
        completed.append(packet.transactionID)
        idleRounds = 0
      }
      guest.primary.attend()
    }
    #expect(completed.sorted() == (ids + ids + ids.map { ~$0 }).sorted())
    #expect(host.statistics().problem == nil)
    guest.primary.close()
  }

  @Test("faults may be combined")
  func combination() throws {
    let (host, guest) = try bench {
      $0.failingAfter = 1
      $0.silentAfter = 3
      $0.delay = 4
    }
    let ids = try send(4, from: guest)
    #expect(
      try step(host, guest) == [
        Completed(id: ids[2], status: .failure), Completed(id: ids[1], status: .failure), Completed(id: ids[0]),
      ])
  }
}
