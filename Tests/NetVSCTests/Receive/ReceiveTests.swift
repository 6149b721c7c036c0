import NetVSC
import SharedMemory
import TestSupport
import Testing
import VMBusRing
import WireFormats

@Suite("Receiving, from a host that a test scripts")
struct ReceiveTests {
  /// A device that receives.
  private func bench(ringByteCount: Int = 64 * 4096, sendersPerQueue: Int = 1) throws -> GuestBench {
    try GuestBench(ringMode: sendersPerQueue == 1 ? .exclusive : .cooperative, ringByteCount: ringByteCount) {
      $1.receivesFrames = true
      $1.sendersPerQueue = sendersPerQueue
    }
  }

  /// An RNDIS packet as common hosts deliver it: the frame at byte 256, and the message as long as its place.
  private func message(_ frame: [UInt8], info: [PerPacketInfo] = [], byteCount: Int = 1600) -> [UInt8] {
    poisoned(byteCount) { out in
      RNDISPacketHeader(
        frameByteCount: UInt32(frame.count), frameOffset: 256,
        perPacketInfoByteCount: UInt32(info.count) * PerPacketInfo.encodedSize, messageByteCount: UInt32(byteCount)
      ).emit(into: &out)
      for (index, element) in info.enumerated() { element.emit(into: &out, at: 44 + 16 * index) }
      for (index, byte) in frame.enumerated() { out.storeBytes(of: byte, toByteOffset: 256 + index, as: UInt8.self) }
    }
  }

  private func take(_ sender: inout Sender, limit: Int = .max) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    try sender.poll()
    let count = try sender.receive(limit: limit) { frame in frames.append(frame.bytes.withUnsafeBytes { [UInt8]($0) }) }
    #expect(count == frames.count)
    return frames
  }

  @Test("hands out the frames of a packet in their order, and then gives the packet back: golden vector 9.5")
  func golden() throws {
    let bench = try bench()
    var sender = try bench.device.makeSender(queue: 0)
    // Two ranges of 120 bytes, 1728 apart, as in the vector.
    let first = message(ArrivingFrame.make(1, byteCount: 60), byteCount: 316)
    let second = message(ArrivingFrame.make(2, byteCount: 60), byteCount: 316)
    let buffer = first + [UInt8](repeating: 0xEE, count: 1728 - first.count) + second
    let ranges = [TransferRange(byteCount: 316, byteOffset: 0), TransferRange(byteCount: 316, byteOffset: 1728)]
    try bench.host.send(.received(buffer, transactionID: 0x11, channelType: .data, ranges: ranges), on: bench.channel())
    let one = try take(&sender, limit: 1)
    #expect(one == [ArrivingFrame.make(1)])
    #expect(try bench.takeAll().isEmpty, "the packet's second frame is still to be taken")
    let two = try take(&sender)
    #expect(two == [ArrivingFrame.make(2)])
    let packets = try bench.takeAll()
    #expect(packets.count == 1)
    #expect(packets[0].bytes == ExpectedPacket.acknowledgement(of: 0x11, start: packets[0].start))
    let counters = sender.finish().counters
    #expect(counters.received.packets == 2 && counters.received.bytes == 120)
    #expect(counters.receivesAcknowledged == 1 && counters.receiveMalformed == 0)
  }

  @Test("tells what the host found of a frame")
  func info() throws {
    let bench = try bench()
    var sender = try bench.device.makeSender(queue: 0)
    let info: [PerPacketInfo] = [
      PerPacketInfo(type: .checksum, value: 1 << 0 | 1 << 5), .vlanTag(VLANTagInfo(priority: 5, vlanID: 100)),
      .hashValue(0xDEAD_BEEF),
    ]
    try bench.host.send(
      .received(message(ArrivingFrame.make(1), info: info), transactionID: 0, channelType: .data), on: bench.channel())
    try sender.poll()
    #expect(sender.receivableCount == 1)
    var found: ReceiveInfo?
    try sender.receive { found = $0.info }
    #expect(found?.transportChecksum == .bad)
    #expect(found?.ipv4HeaderChecksum == .good)
    #expect(found?.vlanTag?.vlanID == 100 && found?.vlanTag?.priority == 5)
    #expect(found?.flowHash == 0xDEAD_BEEF)
    #expect(sender.receivableCount == 0)
    _ = sender.finish()
  }

  /// A transfer-page packet that is wrong, and how many good frames it has beside that.
  struct Nonsense: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let ranges: [TransferRange]
    var pageSetID = NVSPBufferID.receiveBuffer
    var goodFrames = 0
    /// Changes the first message.
    var spoil: @Sendable (inout [UInt8]) -> Void = { _ in }
  }

  private static let whole = TransferRange(byteCount: 1600, byteOffset: 0)
  static let nonsense: [Nonsense] = [
    Nonsense(testDescription: "another page set", ranges: [whole], pageSetID: 0xBEEF),
    Nonsense(
      testDescription: "a range behind the buffer's end", ranges: [TransferRange(byteCount: 1600, byteOffset: .max)]),
    Nonsense(
      testDescription: "a sum that overflows", ranges: [TransferRange(byteCount: 1600, byteOffset: .max - 100)]),
    Nonsense(
      testDescription: "longer than a sub-allocation", ranges: [TransferRange(byteCount: 20000, byteOffset: 0)]),
    Nonsense(testDescription: "no room for a header", ranges: [TransferRange(byteCount: 7, byteOffset: 0)]),
    Nonsense(
      testDescription: "one bad range of two", ranges: [TransferRange(byteCount: 0, byteOffset: 0), whole],
      goodFrames: 1),
    Nonsense(testDescription: "a message longer than its range", ranges: [whole]) { $0[4] = 0xFF },
    Nonsense(testDescription: "a frame behind the message", ranges: [whole]) { $0[9] = 0xFF },
    Nonsense(testDescription: "a frame that is too long", ranges: [whole]) { $0[14] = 0xFF },
    Nonsense(testDescription: "an empty frame", ranges: [whole]) { $0.replaceSubrange(12..<16, with: [0, 0, 0, 0]) },
    Nonsense(testDescription: "info of size 0", ranges: [whole]) { $0.replaceSubrange(44..<48, with: [0, 0, 0, 0]) },
    Nonsense(testDescription: "more info than the message", ranges: [whole]) { $0[33] = 0xFF },
    Nonsense(testDescription: "more info than anybody sends", ranges: [whole]) { $0[33] = 2 },
    Nonsense(testDescription: "no packet", ranges: [whole]) { $0[0] = 9 },
  ]

  @Test("answers nonsense with a failure, once, and delivers what is good beside it", arguments: nonsense)
  func rejects(nonsense: Nonsense) throws {
    let bench = try bench()
    var sender = try bench.device.makeSender(queue: 0)
    var bytes = message(ArrivingFrame.make(7), info: [PerPacketInfo(type: .checksum, value: 0)])
    nonsense.spoil(&bytes)
    try bench.host.send(
      .received(
        bytes, transactionID: 9, channelType: .data, ranges: nonsense.ranges, pageSetID: nonsense.pageSetID),
      on: bench.channel())
    let frames = try take(&sender)
    #expect(frames == Array(repeating: ArrivingFrame.make(7), count: nonsense.goodFrames))
    let packets = try bench.takeAll()
    #expect(packets.map(\.transactionID) == [9])
    #expect(packets.first?.bytes == ExpectedPacket.acknowledgement(of: 9, status: .failure, start: packets[0].start))
    #expect(sender.counters.receiveMalformed == 1)
    _ = sender.finish()
  }

  @Test("a sender that never receives still sends, and keeps no more than the buffer holds")
  func neverTaken() throws {
    let bench = try bench()
    var sender = try bench.device.makeSender(queue: 0)
    let frame = Frames.golden
    // A host that tells of the same place again and again: far more than there are sub-allocations.
    for round in 0..<300 {
      for id in 0..<10 {
        try bench.host.send(
          .received(message(ArrivingFrame.make(id)), transactionID: UInt64(id), channelType: .data),
          on: bench.channel())
      }
      let outcome = try sender.send(frame.span.bytes)
      #expect(outcome == .taken)
      try sender.flush()
      let sent = try bench.takeAll().filter { $0.type != .completion }
      #expect(sent.count == 1, "round \(round)")
      try bench.complete(sent)
      try sender.poll()
    }
    let counters = sender.counters
    #expect(counters.completed.packets == 300)
    let held = sender.receivableCount
    #expect(held > 100 && held < 2000)
    #expect(Int(counters.receiveUnwanted.packets) + held == 3000)
    // The next sender finds what the first one left.
    _ = sender.finish()
    var next = try bench.device.makeSender(queue: 0)
    #expect(next.receivableCount == held)
    let taken = try next.receive { _ in }
    #expect(taken == held)
    _ = next.finish()
  }

  @Test("drops frames where the device does not receive, and says so")
  func unwanted() throws {
    let bench = try GuestBench()
    var sender = try bench.device.makeSender(queue: 0)
    try bench.host.send(
      .received(message(ArrivingFrame.make(1)), transactionID: 5, channelType: .data), on: bench.channel())
    let frames = try take(&sender)
    #expect(frames.isEmpty)
    #expect(try bench.takeAll().map(\.transactionID) == [5])
    #expect(sender.counters.receiveUnwanted.packets == 1)
    _ = sender.finish()
  }

  @Test("senders that share a queue find frames with whoever asks")
  func shared() throws {
    let bench = try bench(sendersPerQueue: 2)
    var first = try bench.device.makeSender(queue: 0)
    var second = try bench.device.makeSender(queue: 0)
    try bench.host.send(
      .received(message(ArrivingFrame.make(1)), transactionID: 5, channelType: .data), on: bench.channel())
    try first.poll()
    let frames = try take(&second)
    #expect(frames == [ArrivingFrame.make(1)])
    #expect(try bench.takeAll().map(\.transactionID) == [5])
    _ = (first.finish(), second.finish())
  }
}
