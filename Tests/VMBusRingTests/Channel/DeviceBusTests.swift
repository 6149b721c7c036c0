import SharedMemory
import Synchronization
import TestSupport
import Testing
import VMBusRing

/// A host that serves nothing and keeps account of what it was asked.
private final class RecordingHost: HostEndpoint {
  struct Record: Sendable {
    var opened: [(index: Int, rings: ChannelRings)] = []
    var closed: [Int] = []
    var refusal: String?
  }
  let record = Mutex(Record())
  let runsInline = true

  func open(_ channel: Channel, rings: ChannelRings) throws(ChannelError) {
    let refusal = record.withLock { record in
      record.opened.append((channel.index, rings))
      return record.refusal
    }
    if let refusal { throw .refused(refusal) }
  }

  func close(_ channel: Channel) { record.withLock { $0.closed.append(channel.index) } }

  func attend(_ channel: Channel, timeout: UInt64) {}
}

@Suite("A device bus")
struct DeviceBusTests {
  @Test("offers the primary channel, and more when the host does")
  func offers() throws {
    let bus = try DeviceBus()
    #expect(bus.channels.map(\.index) == [0])
    #expect(bus.ringMapping == .double)
    let second = try bus.offerChannel()
    #expect(bus.channels.map(\.index) == [0, 1])
    #expect(bus.channels[1] === second)
  }

  @Test("gives every channel its own index when several threads offer")
  func concurrentOffers() throws {
    let bus = try DeviceBus(ringMapping: .single)
    try runConcurrently(4) { _ in
      for _ in 0..<25 { _ = try? bus.offerChannel() }
    }
    #expect(bus.channels.map(\.index) == Array(0...100))
  }

  @Test("knows the pages of a handle from when it is given out until it is taken back")
  func gpadls() throws {
    let bus = try DeviceBus()
    let first = bus.establishGPADL(10..<20)
    let second = bus.establishGPADL(10..<20)
    #expect(first != second && first != 0 && second != 0)
    #expect(try bus.pages(ofGPADL: first) == 10..<20)
    bus.releaseGPADL(first)
    #expect(throws: ChannelError.unknownGPADL(first)) { _ = try bus.pages(ofGPADL: first) }
    #expect(try bus.pages(ofGPADL: second) == 10..<20)
    bus.releaseGPADL(first)
    let third = bus.establishGPADL(30..<31)
    #expect(third != first && third != second, "a stale handle never names other pages")
    for unknown in [0, third + 1, .max] {
      #expect(throws: ChannelError.unknownGPADL(unknown)) { _ = try bus.pages(ofGPADL: unknown) }
    }
  }
}

@Suite("A device offer")
struct DeviceOfferTests {
  private let bus: DeviceBus
  private let host = RecordingHost()
  private let offer: DeviceOffer

  init() throws {
    bus = try DeviceBus()
    offer = DeviceOffer(bus: bus, host: host)
  }

  @Test("opens a channel: the host gets the pages of both rings", arguments: [(4, 2), (6, 2), (6, 4), (257, 130)])
  func open(pageCount: UInt64, downstreamPage: Int) throws {
    let gpadl = bus.establishGPADL(100..<100 + pageCount)
    let channel = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: downstreamPage)
    #expect(channel === bus.channels[0])
    let opened = host.record.withLock { $0.opened }
    #expect(opened.map(\.index) == [0])
    let split = 100 + UInt64(downstreamPage)
    #expect(opened.first?.rings.guestToHost == 100..<split)
    #expect(opened.first?.rings.hostToGuest == split..<100 + pageCount)
  }

  @Test(
    "opens nothing when a ring would have less than a control and a data page",
    arguments: [(4, 1), (4, 3), (4, 0), (4, -2), (4, 4), (3, 2), (3, 1), (0, 2), (4, .max), (4, .min)])
  func badPages(pageCount: UInt64, downstreamPage: Int) throws {
    let pages = 100..<100 + pageCount
    let gpadl = bus.establishGPADL(pages)
    #expect(throws: ChannelError.badPages(pages)) {
      _ = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: downstreamPage)
    }
    #expect(host.record.withLock { $0.opened.isEmpty })
  }

  @Test("opens nothing by a handle that was taken back")
  func unknownGPADL() throws {
    let gpadl = bus.establishGPADL(100..<104)
    bus.releaseGPADL(gpadl)
    #expect(throws: ChannelError.unknownGPADL(gpadl)) {
      _ = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: 2)
    }
  }

  @Test("opens no channel that is not offered", arguments: [1, -1, .max, .min])
  func notOffered(index: Int) throws {
    let gpadl = bus.establishGPADL(100..<104)
    #expect(throws: ChannelError.notOffered(index)) {
      _ = try offer.openChannel(index, ringGPADL: gpadl, downstreamPage: 2)
    }
    #expect(host.record.withLock { $0.opened.isEmpty })
  }

  @Test("opens a channel once, and again when it was closed")
  func alreadyOpen() throws {
    let gpadl = bus.establishGPADL(100..<104)
    let channel = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: 2)
    #expect(throws: ChannelError.alreadyOpen(0)) {
      _ = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: 2)
    }
    offer.close(channel)
    #expect(host.record.withLock { $0.closed } == [0])
    let again = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: 2)
    #expect(again === channel)
    #expect(host.record.withLock { $0.opened.count } == 2)
  }

  @Test("leaves a channel closed that the host refuses")
  func refused() throws {
    let gpadl = bus.establishGPADL(100..<104)
    host.record.withLock { $0.refusal = "too many channels" }
    for _ in 0..<2 {
      #expect(throws: ChannelError.refused("too many channels")) {
        _ = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: 2)
      }
    }
    host.record.withLock { $0.refusal = nil }
    _ = try offer.openChannel(0, ringGPADL: gpadl, downstreamPage: 2)
  }

  @Test("opens several channels beside each other")
  func severalChannels() throws {
    try bus.offerChannel()
    for index in 0..<2 {
      let memory = try bus.addressSpace.allocate(byteCount: 4 * 4096)
      let channel = try offer.openChannel(
        index, ringGPADL: bus.establishGPADL(memory.pages), downstreamPage: 2)
      #expect(channel.index == index)
    }
    #expect(host.record.withLock { $0.opened.map(\.index) } == [0, 1])
  }
}
