import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Chance as a guest: whatever it writes, the host neither traps nor hangs, and other channels live on.
@Suite struct HostileGuestTests {
  private func openHost() throws -> (Host, ScriptedGuest) {
    let host = try Host(HostConfiguration(execution: .inline, sink: .verify))
    return (
      host, try ScriptedGuest(settingUp: host.offer, receiveBufferByteCount: 1 << 16, sendBufferByteCount: 1 << 16)
    )
  }

  @Test("random words in the ring and on its control page (openvmm 3183)")
  func randomRing() throws {
    var generator = SeededGenerator()
    for _ in 0..<150 {
      let (_, guest) = try openHost()
      for _ in 0..<20 where !guest.primary.channel.isRescinded {
        var words = (0..<Int.random(in: 1...64, using: &generator)).map { _ in generator.next() }
        if Bool.random(using: &generator) {
          // A descriptor that passes, so that what is behind it is read.
          let type = [6, 9, 11].randomElement(using: &generator) ?? 6 as UInt64
          let offset = UInt64.random(in: 2...5, using: &generator)
          let length = UInt64(words.count) - 1
          words[0] = type | offset << 16 | length << 32 | 1 << 48
        }
        if UInt8.random(in: 0..<20, using: &generator) == 0 {
          guest.primary.fromHost.readIndex.storeRelaxed(UInt32.random(in: 0..<70_000, using: &generator))
        }
        guest.primary.publish(words: words)
        guest.primary.attend()
        while case .some = try? guest.primary.receive() {}
      }
      guest.primary.close()
    }
  }

  @Test("valid packets with a few bytes changed")
  func spoiledPackets() throws {
    var generator = SeededGenerator()
    let seeds = [
      GoldenVectors.sectionPacket, GoldenVectors.twoRangePacket, GoldenVectors.mixedPacket,
      GoldenVectors.acknowledgement, GoldenVectors.rndisInitializePacket, GoldenVectors.initializePacket,
    ].map(\.bytes)
    for _ in 0..<1_500 {
      let (_, guest) = try openHost()
      guest.fill(section: 5, GoldenVectors.sectionImage.bytes)
      var bytes = HostileBytes.spoiled(seeds.randomElement(using: &generator) ?? [], using: &generator)
      bytes.removeLast(bytes.count % 8)
      let words = stride(from: 0, to: bytes.count, by: 8).map { start in
        bytes[start..<start + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      }
      guest.primary.publish(words: words)
      guest.primary.attend()
      guest.primary.close()
    }
  }

  @Test("RNDIS bytes with a few of them changed, in sections and page ranges")
  func spoiledMessages() throws {
    var generator = SeededGenerator()
    let (host, guest) = try openHost()
    let (largeIPv6, udp) = (
      TestFrame(isIPv6: true, payloadByteCount: 50), TestFrame(isUDP: true, payloadByteCount: 50)
    )
    let request = RNDISSet(requestID: 1, oid: .receiveScaleParameters, informationByteCount: 64)
    let seeds = [
      GoldenVectors.sectionImage.bytes, GoldenVectors.aggregateImage.bytes,
      rndisPacket(
        GoldenVectors.frame.bytes,
        info: [.largeSend(LargeSendInfo(segmentByteCount: 9, tcpHeaderOffset: 34, isIPv6: false))]),
      rndisPacket(largeIPv6.bytes(.largeSend), PacketOffload.largeSend(of: largeIPv6, 9).tagged(5)),
      rndisPacket(udp.bytes(.withoutChecksums), PacketOffload.checksums(of: udp).tagged(5)),
      poisoned(92) { request.emit(into: &$0) },
    ]
    let memory = try host.offer.bus.addressSpace.allocate(byteCount: 16_384)
    var sent = 0
    var completed = 0
    for _ in 0..<4_000 {
      guard !guest.primary.channel.isRescinded else { break }
      var bytes = HostileBytes.spoiled(seeds.randomElement(using: &generator) ?? [], using: &generator)
      // Control messages that are none end the channel, rightly: only frames are spoiled in their first field.
      let isControl = bytes.first == 5
      if isControl, bytes.count < 28 { continue }
      bytes.replaceSubrange(0..<min(4, bytes.count), with: [isControl ? 5 : 1, 0, 0, 0].prefix(bytes.count))
      if Bool.random(using: &generator) {
        guest.fill(section: 1, bytes)
        try guest.send(section: 1, byteCount: bytes.count)
      } else {
        let byteOffset = Int.random(in: 0..<4096, using: &generator)
        memory.region.bytes.write(bytes, at: byteOffset)
        try guest.send(ranges: [
          PageRun(
            byteCount: UInt32(max(bytes.count, 1)), byteOffset: UInt32(byteOffset), pages: Array(memory.pages.prefix(2))
          )
        ])
      }
      sent += 1
      for packet in try guest.primary.awaitAll() {
        if packet.type == .completion { completed += 1 } else { try guest.acknowledge(packet.transactionID) }
      }
    }
    completed += try guest.primary.awaitAll().filter { $0.type == .completion }.count
    #expect(completed == sent)
    #expect(host.statistics().problem == nil)
  }

  private static let large = TestFrame(payloadByteCount: 100)

  @Test(
    "memory that changes while it is read",
    arguments: [
      GoldenVectors.aggregateImage.bytes,
      rndisPacket(large.bytes(.largeSend), PacketOffload.largeSend(of: large, 30).tagged(5)),
    ])
  func changingMemory(image: [UInt8]) throws {
    let host = try Host(HostConfiguration(execution: .threads, sink: .verify))
    let guest = try ScriptedGuest(settingUp: host.offer)
    var generator = SeededGenerator()
    guest.fill(section: 0, image)
    var (sent, completed) = (0, 0)
    for _ in 0..<5_000 {
      if (try? guest.send(section: 0, byteCount: image.count)) != nil { sent += 1 }
      // The first field stays: a message that turns into control would end the channel, rightly.
      let spoiled = HostileBytes.spoiled(Array(image[4...]), using: &generator)
      guest.fill(section: 0, (image[..<4] + spoiled).prefixed(to: image.count))
      while try guest.primary.receive() != nil { completed += 1 }
    }
    completed += try guest.primary.awaitAll().count
    #expect(completed == sent)
    #expect(host.statistics().problem == nil)
    guest.primary.close()
  }
}

extension Sequence<UInt8> {
  /// The same bytes, with zeros behind them up to `count`.
  fileprivate func prefixed(to count: Int) -> [UInt8] {
    let bytes = Array(self)
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }
}
