import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@testable import NetVSP

@Suite("Delivering, to a guest that a test scripts")
struct DeliveryTests {
  private let source: QueuedSource
  private let host: Host

  init() throws {
    source = try QueuedSource()
    var configuration = HostConfiguration(execution: .inline, sink: .null)
    configuration.source = source
    host = try Host(configuration)
  }

  /// A guest that listens.
  private func guest(receiveBufferByteCount: Int = 1 << 16, ringByteCount: Int = 1 << 16) throws -> ScriptedGuest {
    try Self.guest(of: host, receiveBufferByteCount: receiveBufferByteCount, ringByteCount: ringByteCount)
  }

  private static func guest(
    of host: Host, receiveBufferByteCount: Int = 1 << 16, ringByteCount: Int = 1 << 16
  ) throws -> ScriptedGuest {
    let guest = try ScriptedGuest(
      settingUp: host.offer, receiveBufferByteCount: receiveBufferByteCount, fromHostByteCount: ringByteCount)
    let filter = PacketFilter([.directed, .broadcast])
    var value = [UInt8](repeating: 0, count: 4)
    for index in 0..<4 { value[index] = UInt8(truncatingIfNeeded: filter.rawValue >> UInt32(8 * index)) }
    let request = RNDISSet(requestID: 2, oid: .currentPacketFilter, information: 28..<32)
    let answer: RNDISSetComplete = try guest.dialogue(request, information: value).message()
    try #require(answer.status == .success)
    return guest
  }

  private func step() { host.attend(host.offer.bus.channels[0], timeout: 0) }

  @Test("lays frames out as common hosts do: behind byte 256, with info on checksums, in whole sub-allocations")
  func layout() throws {
    let guest = try guest()
    source.add([ArrivingFrame.make(1), ArrivingFrame.make(2, byteCount: 1514)])
    step()
    let packet = try #require(try guest.primary.await())
    #expect(packet.type == .dataUsingTransferPages && packet.completionRequested)
    let list = try TransferPageList(parsing: packet.header.span.bytes)
    #expect(list.pageSetID == 0xCAFE && list.count == 2)
    #expect(packet.transactionID == UInt64(list[0].byteOffset / 1806) && packet.transactionID >= 16)
    let buffer = try #require(guest.receiveBuffer).region.bytes
    for (index, frame) in [ArrivingFrame.make(1), ArrivingFrame.make(2, byteCount: 1514)].enumerated() {
      let start = Int(list[index].byteOffset)
      #expect(list[index].byteCount == 1806 && start % 1806 == 0)
      let message = buffer.array(start..<start + 1806)
      func word(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(message[offset + $1]) << (8 * UInt32($1)) } }
      #expect([0, 4, 8, 12].map(word) == [1, 1806, 248, UInt32(frame.count)])
      #expect([28, 32, 44, 48, 52].map(word) == [36, 16, 16, 0, 12])
      #expect(Array(message[256..<256 + frame.count]) == frame)
    }
  }

  @Test("uses a sub-allocation again when the guest gave it back, and not before")
  func bounded() throws {
    let guest = try guest()
    source.add((0..<100).map { ArrivingFrame.make($0) })
    for _ in 0..<5 { step() }
    // 36 of 1806 bytes, 16 of which are for answers.
    #expect(host.statistics().delivery.deliveredPackets == 20)
    #expect(source.remaining == 80)
    let packet = try #require(try guest.primary.await())
    try guest.acknowledge(packet.transactionID)
    step()
    step()
    #expect(host.statistics().delivery.deliveredPackets == 40)
  }

  @Test(
    "takes the channel of a guest that acknowledges what it does not have",
    arguments: [0, 15, 17, 35, 36, .max] as [UInt64])
  func foreignAcknowledgement(id: UInt64) throws {
    let guest = try guest()
    source.add([ArrivingFrame.make(1)])
    step()
    let packet = try #require(try guest.primary.await())
    try guest.acknowledge(packet.transactionID == id ? id + 1 : id)
    step()
    #expect(host.statistics().total.violations == 1)
    #expect(host.offer.bus.channels[0].isRescinded)
  }

  @Test("refuses a frame that its source cut, and whose length it does not tell", arguments: [1518, 1519, 1522])
  func cutFrame(byteCount: Int) throws {
    let source = try QueuedSource(tellsCutLengths: true)
    var configuration = HostConfiguration(execution: .inline, sink: .null)
    configuration.source = source
    let host = try Host(configuration)
    let guest = try Self.guest(of: host)
    var frame = ArrivingFrame.make(1, byteCount: byteCount)
    frame[12...13] = [0x81, 0x00]
    source.add([frame])
    host.attend(host.offer.bus.channels[0], timeout: 0)
    let delivery = host.statistics().delivery
    #expect(delivery.deliveredPackets == (byteCount == 1518 ? 1 : 0))
    #expect(delivery.misfitPackets == (byteCount == 1518 ? 0 : 1))
    _ = guest
  }

  @Test("accounts for what waits for room when the host is shut down, or its source fails", arguments: [false, true])
  func waitingFrames(fails: Bool) throws {
    let guest = try guest(receiveBufferByteCount: 1 << 20, ringByteCount: 1 << 14)
    for round in 0..<300 {
      source.add([ArrivingFrame.make(round)])
      if fails, round == 200 { source.fail(with: SourceError("it is gone")) }
      step()
    }
    #expect(source.remaining > 0)
    host.shutDown()
    let delivery = host.statistics().delivery
    #expect(delivery.deliveredPackets > 50 && delivery.roomlessPackets == 1)
    #expect(delivery.offeredPackets == delivery.deliveredPackets + delivery.unheardPackets + delivery.roomlessPackets)
    _ = guest
  }

  @Test("takes the channel of a guest that acknowledges twice")
  func doubleAcknowledgement() throws {
    let guest = try guest()
    source.add([ArrivingFrame.make(1)])
    step()
    let packet = try #require(try guest.primary.await())
    try guest.acknowledge(packet.transactionID)
    try guest.acknowledge(packet.transactionID)
    step()
    #expect(host.statistics().total.violations == 1)
  }

  @Test("leaves room for completions in a ring that nobody reads, and frames with their source")
  func ringRoom() throws {
    let guest = try guest(receiveBufferByteCount: 1 << 20, ringByteCount: 1 << 14)
    let frameCount = 300
    for round in 0..<frameCount {
      source.add([ArrivingFrame.make(round)])
      step()
    }
    let delivered = Int(host.statistics().delivery.deliveredPackets)
    #expect(delivered > 50 && delivered < frameCount)
    #expect(source.remaining + delivered + 1 == frameCount, "one was taken, and waits")
    #expect(host.statistics().delivery.roomlessPackets == 0)
    // What the guest sends is completed as ever.
    let before = host.statistics().total.completions
    let message = poisoned(104) { RNDISPacketHeader(frameByteCount: 60, perPacketInfoByteCount: 0).emit(into: &$0) }
    guest.fill(section: 0, message)
    for _ in 0..<10 { try guest.send(section: 0, byteCount: message.count) }
    step()
    #expect(host.statistics().total.completions == before + 10)
    // Once it reads, the rest comes.
    var taken = 0
    for _ in 0..<frameCount where taken < frameCount {
      while let packet = try guest.primary.await() {
        guard packet.type == .dataUsingTransferPages else { continue }
        taken += try TransferPageList(parsing: packet.header.span.bytes).count
        try guest.acknowledge(packet.transactionID)
      }
    }
    #expect(taken == frameCount)
    #expect(host.statistics().total.violations == 0, "\(host.statistics().problem ?? "")")
  }

  @Test("counts for whoever asks, while it delivers")
  func askedMeanwhile() throws {
    var configuration = HostConfiguration(execution: .threads, sink: .null)
    configuration.source = source
    let host = try Host(configuration)
    for round in 0..<2000 {
      source.add([ArrivingFrame.make(round)])
      _ = host.statistics()
    }
    #expect(waitUntil { source.remaining == 0 } != nil)
    host.shutDown()
    #expect(host.statistics().delivery.unheardPackets == 2000)
  }
}
