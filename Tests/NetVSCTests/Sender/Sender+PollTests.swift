import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Polling")
struct SenderPollTests {
  @Test(
    "gives every receive packet back in the short form, those that hold no frame as failed",
    arguments: RingMode.allCases)
  func acknowledges(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode)
    var sender = try bench.device.makeSender(queue: 0)
    let ids: [UInt64] = [0, 0x11, .max]
    for id in ids {
      try bench.host.send(
        .received(Frames.golden, transactionID: id, channelType: .data), on: bench.channel())
    }
    let completed = try sender.poll()
    #expect(completed == 0)
    let packets = try bench.takeAll()
    #expect(packets.count == 3)
    #expect(Set(packets.map(\.transactionID)) == Set(ids))
    for packet in packets {
      #expect(
        packet.bytes == ExpectedPacket.acknowledgement(of: packet.transactionID, status: .failure, start: packet.start))
    }
    #expect(sender.counters.receivesAcknowledged == 3)
    let again = try sender.poll()
    #expect(again == 0)
    #expect(try bench.takeAll().isEmpty, "each once")
    _ = sender.finish()
  }

  @Test("gives back also the receive packets whose ranges make no sense (WSL 40989)")
  func acknowledgesNonsense() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    let nonsense: [[UInt64]] = [
      [0], [.max], [1 << 32 | 0xCAFE], [1 << 32 | 0xCAFE, .max], [.max << 32 | 0xCAFE, 0], [1 << 32 | 1, 60],
    ]
    for (index, words) in nonsense.enumerated() {
      try bench.host.send(
        HostMessage(
          type: .dataUsingTransferPages, transactionID: UInt64(index), header: ExpectedPacket.words(words), payload: []),
        on: bench.channel())
    }
    try sender.poll()
    #expect(try bench.takeAll().count == nonsense.count)
    #expect(sender.counters.receivesAcknowledged == UInt64(nonsense.count))
    _ = sender.finish()
  }

  @Test("counts and ignores what it does not know")
  func ignores() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try bench.host.send(.inBand(SendVFAssociation(isAllocated: true, serialNumber: 1)), on: bench.channel())
    try bench.host.send(.inBand(SwitchDataPath(active: .synthetic)), on: bench.channel())
    try bench.host.send(
      HostMessage(type: .dataInBand, transactionID: 0, payload: ExpectedPacket.halves([.max, .max])),
      on: bench.channel())
    try bench.host.send(HostMessage(type: .dataInBand, transactionID: 0, payload: []), on: bench.channel())
    for type in [0, 1, 8, 0xA, 0xD, .max] as [UInt16] {
      try bench.host.send(
        HostMessage(type: VMBusPacketType(rawValue: type), transactionID: 1 << 32 | 1, payload: []),
        on: bench.channel())
    }
    let completed = try sender.poll()
    #expect(completed == 0)
    #expect(sender.counters.ignoredPackets == 10)
    #expect(try bench.takeAll().isEmpty)
    _ = sender.finish()
  }

  @Test("is bounded however much the host has to say, and takes up where it stopped")
  func bounded() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    // 5000 completions of 32 bytes that name nothing.
    for id in 0..<5000 as Range<UInt64> {
      try bench.host.send(.completion(of: id << 40, payload: ExpectedPacket.halves([108, 1])), on: bench.channel())
    }
    var seen: [UInt64] = []
    repeat {
      try sender.poll()
      seen.append(sender.counters.completions)
    } while seen.last != seen.dropLast().last
    #expect(seen == [1024, 2048, 3072, 4096, 5000, 5000])
    _ = sender.finish()
  }

  @Test("gives the host's ring back, so that it can go on for ever", arguments: RingMapping.allCases)
  func releases(mapping: RingMapping) throws {
    let bench = try GuestBench(mapping: mapping, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    for round in 0..<200 as Range<UInt64> {
      for id in 0..<20 {
        try bench.host.send(
          .completion(of: round << 40 | UInt64(id), RNDISPacketComplete(status: .success)), on: bench.channel())
      }
      try sender.poll()
    }
    #expect(sender.counters.unknownCompletions == 4000)
    let ring = bench.channel().hostToGuest.ring
    #expect(ring.readIndex.loadRelaxed() == ring.writeIndex.loadRelaxed())
    _ = sender.finish()
  }

  @Test("rings for a host that waits for room, once it is there and once only")
  func pendingSize() throws {
    let bench = try GuestBench(ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    let channel = bench.channel()
    var sent: UInt64 = 0
    while (try? bench.host.send(.completion(of: sent << 40, payload: []), on: channel)) != nil { sent += 1 }
    channel.hostToGuest.ring.pendingSendSize.storeReleasing(1024)
    #expect(!channel.channel.toHost.wait(timeout: 0))
    try sender.poll()
    #expect(channel.channel.toHost.wait(timeout: 0))
    try bench.host.send(.completion(of: 0, payload: []), on: channel)
    try sender.poll()
    #expect(!channel.channel.toHost.wait(timeout: 0), "the room was there already")
    _ = sender.finish()
  }

  @Test(
    "keeps few receive packets for later while the ring has no room: the others stay with the host",
    arguments: RingMode.allCases)
  func boundedAcknowledgements(mode: RingMode) throws {
    let bench = try GuestBench(ringMode: mode, ringByteCount: 2 * 4096)
    var sender = try bench.device.makeSender(queue: 0)
    // Nobody reads the guest's ring, which has no room for acknowledgements then.
    try sender.publish(Frames.numbered(0..<63))
    var sent: UInt64 = 0
    while sent < 5000 {
      do {
        try bench.host.send(.received([], transactionID: sent, channelType: .data, ranges: []), on: bench.channel())
        sent += 1
      } catch RingError.full {
        let index = bench.channel().hostToGuest.ring.readIndex.loadRelaxed()
        try sender.poll()
        if bench.channel().hostToGuest.ring.readIndex.loadRelaxed() == index { break }
      }
    }
    #expect(sent < 1024 + 64, "a poll's worth, and what the host's ring holds")

    // Once the host reads again all of them come back, each once.
    var acknowledged: [UInt64] = []
    for _ in 0..<100 {
      acknowledged += try bench.takeAll().filter { $0.type == .completion }.map(\.transactionID)
      try sender.poll()
    }
    #expect(acknowledged.sorted() == Array(0..<sent))
    _ = sender.finish()
  }
}
