import NetVSP
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite struct DataPathTests {
  private let frame = GoldenVectors.frame.bytes
  /// What leaves, as the head below asks for a checksum.
  private let finished = GoldenVectors.finishedFrame.bytes
  /// The RNDIS header and its info of the golden section image: what is in front of the frame.
  private let head = Array(GoldenVectors.sectionImage.bytes.prefix(60))

  @Test("a message in a section gives its frame, and the golden completion", arguments: HostVariant.all)
  func section(variant: HostVariant) throws {
    let sink = CollectingSink()
    let host = try variant.host(sink: .frames(sink))
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 5, GoldenVectors.sectionImage.bytes)
    let start = guest.primary.fromHost.writeIndex.loadAcquiring()
    try guest.send(section: 5, byteCount: 120, id: 1)
    #expect(try guest.primary.await()?.status == .success)
    guest.primary.close()
    #expect(sink.frames == [finished])
    var golden = GoldenVectors.completion.words
    golden[golden.count - 1] = PacketTrailer.word(packetStart: start)
    #expect(golden.indices.map { guest.primary.fromHost.loadWord(at: start + UInt32(8 * $0)) } == golden)
    let total = host.statistics().total
    #expect(total.receivedPackets == 1 && total.receivedBytes == 60)
    #expect(total.deliveredPackets == 1 && total.deliveredBytes == 60)
  }

  @Test("several packets in one section give their frames in order, with one completion")
  func aggregate() throws {
    let sink = CollectingSink()
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 7, GoldenVectors.aggregateImage.bytes)
    let id = try guest.send(section: 7, byteCount: 248)
    #expect(try guest.primary.awaitAll().map(\.transactionID) == [id])
    #expect(sink.frames.map(\.count) == [61, 60])
    #expect(sink.frames[1] == finished)
  }

  @Test("as many packets as a section holds are taken, and more than that by page ranges")
  func manyPackets() throws {
    let host = try Host(HostConfiguration(execution: .inline, sink: .verify))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let message = (0..<118).flatMap { rndisPacket([UInt8($0)], alignment: 8) }
    guest.fill(section: 0, message)
    try guest.send(section: 0, byteCount: message.count)
    try guest.send(ranges: [guest.lend((0..<4096).flatMap { rndisPacket([UInt8($0 & 0xFF)], alignment: 8) })])
    #expect(try guest.primary.awaitAll().map(\.status) == [.success, .success])
    #expect(host.statistics().total.receivedPackets == 118 + 4096)
    try guest.send(ranges: [guest.lend((0..<4097).flatMap { _ in rndisPacket([1], alignment: 8) })])
    #expect(try guest.primary.awaitAll().map(\.status) == [.failure])
  }

  @Test("header and frame come in two page ranges", arguments: HostVariant.all)
  func twoRanges(variant: HostVariant) throws {
    let sink = CollectingSink()
    let host = try variant.host(sink: .frames(sink))
    let guest = try ScriptedGuest(settingUp: host.offer)
    try guest.send(ranges: [guest.lend(head, byteOffset: 0x100), guest.lend(frame, byteOffset: 0x200)])
    #expect(try guest.primary.await()?.status == .success)
    guest.primary.close()
    #expect(sink.frames == [finished])
  }

  @Test("the header comes in a section, the frame by a page range", arguments: HostVariant.all)
  func mixed(variant: HostVariant) throws {
    let sink = CollectingSink()
    let host = try variant.host(sink: .frames(sink))
    let guest = try ScriptedGuest(settingUp: host.offer)
    // Two packets whole in the section, then one of which only the head is there.
    let whole = rndisPacket(frame, alignment: 8)
    guest.fill(section: 5, whole + whole + head)
    try guest.send(ranges: [guest.lend(frame, byteOffset: 0x200)], section: (5, 2 * whole.count + head.count))
    #expect(try guest.primary.await()?.status == .success)
    guest.primary.close()
    #expect(sink.frames == [frame, frame, finished])
  }

  @Test("a frame may cross pages: neighbours, pages in any order, and ranges")
  func crossing() throws {
    let sink = CollectingSink()
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let header = try guest.lend(head, byteOffset: 0x100)
    // One range over two neighbouring pages.
    try guest.send(ranges: [header, guest.lend(frame, byteOffset: 0xFE0)])
    // The same, with the second page somewhere else.
    let (first, second) = (try guest.lend([UInt8](repeating: 0, count: 4096)), try guest.lend(Array(frame[32...])))
    let firstPage = try #require(host.offer.bus.addressSpace.resolve(first.pages[0]..<first.pages[0] + 1))
    firstPage.write(Array(frame[..<32]), at: 0xFE0)
    try guest.send(ranges: [
      header, PageRun(byteCount: 60, byteOffset: 0xFE0, pages: [first.pages[0], second.pages[0]]),
    ])
    // In ranges of their own, a byte each at both ends.
    let cuts = [0..<1, 1..<32, 32..<59, 59..<60]
    try guest.send(ranges: [header] + cuts.map { try guest.lend(Array(frame[$0])) })
    #expect(try guest.primary.awaitAll().map(\.status) == [.success, .success, .success])
    #expect(sink.frames == [finished, finished, finished])
  }

  @Test("a header may cross the pages of one range, but not the border of two (openvmm 1590, 4160)")
  func splitHeader() throws {
    let sink = CollectingSink()
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let image = GoldenVectors.sectionImage.bytes
    try guest.send(ranges: [guest.lend(image, byteOffset: 4096 - 20)])
    #expect(try guest.primary.await()?.status == .success)
    for split in [7, 43, 44, 59] {
      try guest.send(ranges: [guest.lend(Array(image[..<split])), guest.lend(Array(image[split...]))])
      #expect(try guest.primary.await()?.status == .failure)
    }
    // Side by side is not together.
    let run = try guest.lend(image)
    try guest.send(ranges: [
      PageRun(byteCount: 50, byteOffset: 0, pages: run.pages), PageRun(byteCount: 70, byteOffset: 50, pages: run.pages),
    ])
    #expect(try guest.primary.await()?.status == .failure)
    #expect(sink.frames == [finished])
    #expect(host.statistics().total.violations == 0)
  }

  @Test("memory that belongs to nobody fails its message alone", arguments: [0, 0x12345, 1 << 50, UInt64.max])
  func noMemory(page: UInt64) throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let header = try guest.lend(head)
    try guest.send(ranges: [header, PageRun(byteCount: 60, byteOffset: 0, pages: [page])])
    try guest.send(ranges: [PageRun(byteCount: 60, byteOffset: 0, pages: [page])])
    // The last page is there, the one behind it is not.
    let last = try guest.lend(frame)
    try guest.send(ranges: [
      header, PageRun(byteCount: 60, byteOffset: 0xFE0, pages: [last.pages[0], last.pages[0] + 1]),
    ])
    #expect(try guest.primary.awaitAll().map(\.status) == [.failure, .failure, .failure])
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 0, byteCount: 120)
    #expect(try guest.primary.awaitAll().map(\.status) == [.success])
    #expect(host.statistics().total.receivedPackets == 1)
  }

  @Test("memory that is lent later is never taken for memory that was given back")
  func memoryGivenBack() throws {
    let sink = CollectingSink()
    let host = try Host(HostConfiguration(execution: .inline, sink: .frames(sink)))
    let guest = try ScriptedGuest(settingUp: host.offer)
    for byte in 0..<40 as Range<UInt8> {
      let memory = try host.offer.bus.addressSpace.allocate(byteCount: 4096)
      let message = rndisPacket([byte])
      memory.region.bytes.write(message, at: 0)
      try guest.send(ranges: [PageRun(byteCount: UInt32(message.count), byteOffset: 0, pages: Array(memory.pages))])
      #expect(try guest.primary.await()?.status == .success)
      host.offer.bus.addressSpace.release(memory)
    }
    #expect(sink.frames == (0..<40).map { [$0] })
  }

  @Test("the digest is the sum over the frames, however they came")
  func digest() throws {
    let host = try Host(HostConfiguration(execution: .inline, sink: .verify))
    let guest = try ScriptedGuest(settingUp: host.offer)
    var generator = SeededGenerator()
    var expected: UInt64 = 0
    for round in 0..<200 {
      let frame = generator.bytes(Int.random(in: 1...1514, using: &generator))
      let message = rndisPacket(frame, info: [.hashValue(UInt32(round))])
      expected &+= FrameDigest.hash(frame.span.bytes)
      switch round % 3 {
      case 0:
        guest.fill(section: 1, message)
        try guest.send(section: 1, byteCount: message.count)
      case 1: try guest.send(ranges: [guest.lend(message, byteOffset: Int.random(in: 0..<4096, using: &generator))])
      default:
        let cut = Int.random(in: 0..<frame.count, using: &generator)
        guest.fill(section: 1, Array(message[..<60]))
        let parts = [Array(frame[..<cut]), Array(frame[cut...])].filter { !$0.isEmpty }
        try guest.send(ranges: parts.map { try guest.lend($0) }, section: (1, 60))
      }
      #expect(try guest.primary.await()?.status == .success)
    }
    #expect(host.statistics().total.digest == expected)
    #expect(host.statistics().total.receivedPackets == 200)
  }

  @Test("a message may end with padding only inside its last packet, as some guests send it")
  func paddedLastPacket() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    let message = rndisPacket([UInt8](repeating: 1, count: 61), alignment: 8)
    guest.fill(section: 0, message + [0, 0, 0, 0, 0, 0, 0, 0])
    try guest.send(section: 0, byteCount: message.count)
    try guest.send(section: 0, byteCount: message.count + 8)
    #expect(try guest.primary.awaitAll().map(\.status) == [.success, .failure])
  }
}
