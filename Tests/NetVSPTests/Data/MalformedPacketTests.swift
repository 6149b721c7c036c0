import NetVSP
import TestSupport
import Testing
import VMBusRing
import WireFormats

/// Packets that contradict themselves: each fails its own message and nothing else.
@Suite struct MalformedPacketTests {
  struct Defect: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: [UInt8]
    /// How many of the bytes are sent; all if nil.
    var byteCount: Int?

    init(_ description: String, _ message: [UInt8], byteCount: Int? = nil) {
      testDescription = description
      self.message = message
      self.byteCount = byteCount
    }

    /// The golden packet with a 32-bit field changed.
    init(_ description: String, field offset: Int, _ value: UInt32) {
      self.init(description, GoldenVectors.sectionImage.bytes.replacing(at: offset, with: value))
    }
  }

  static let defects: [Defect] = [
    Defect("no byte at all", GoldenVectors.sectionImage.bytes, byteCount: 0),
    Defect("less than a message header", GoldenVectors.sectionImage.bytes, byteCount: 7),
    Defect("less than a packet header", GoldenVectors.sectionImage.bytes, byteCount: 43),
    Defect("less than its message", GoldenVectors.sectionImage.bytes, byteCount: 119),
    Defect("more than its message", GoldenVectors.sectionImage.bytes + [1, 0, 0, 0]),
    Defect("message length 0", field: 4, 0),
    Defect("message length 7", field: 4, 7),
    Defect("message length 43", field: 4, 43),
    Defect("message length past the data", field: 4, 121),
    Defect("message length of 32 bits", field: 4, .max),
    Defect("out-of-band offset", field: 16, 1),
    Defect("out-of-band length", field: 20, 1),
    Defect("out-of-band element", field: 24, 1),
    Defect("virtual circuit", field: 36, 1),
    Defect("data offset past the message", field: 8, 53),
    Defect("data offset that overflows", field: 8, 0xFFFF_FFF8),
    Defect("no data", field: 12, 0),
    Defect("data length past the message", field: 12, 61),
    Defect("data length that overflows", field: 12, .max),
    Defect("info past the message", field: 32, 77),
    Defect("info offset past the message", field: 28, 0xFFFF_FFF0),
    Defect("info length that overflows", field: 32, .max),
    Defect("info element of size 0", field: 44, 0),
    Defect("info element past the list", field: 44, 20),
    Defect("info data offset past the element", field: 52, 17),
    Defect("info data too short", field: 52, 16),
    Defect(
      "second packet of another type",
      rndisPacket([1, 2, 3], alignment: 8) + rndisPacket([4, 5, 6]).replacing(at: 0, with: 2)),
    Defect(
      "second packet damaged", rndisPacket([1, 2, 3], alignment: 8) + rndisPacket([4]).replacing(at: 12, with: 0)),
  ]

  @Test("a malformed packet fails alone, delivers nothing, and the next one is fine (openvmm 2141)", arguments: defects)
  func failsAlone(defect: Defect) throws {
    let host = try Host(HostConfiguration(execution: .inline, sink: .verify))
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, defect.message)
    guest.fill(section: 1, GoldenVectors.sectionImage.bytes)
    let ids = [
      try guest.send(section: 0, byteCount: defect.byteCount ?? defect.message.count),
      try guest.send(section: 1, byteCount: 120),
    ]
    let completions = try guest.primary.awaitAll()
    #expect(completions.map(\.transactionID) == ids)
    #expect(completions.map(\.status) == [.failure, .success])
    let frame = GoldenVectors.frame.bytes
    let digest = FrameDigest.hash(frame.span.bytes)
    let statistics = host.statistics()
    #expect(statistics.total.receivedPackets == 1)
    #expect(statistics.total.failures == 1)
    #expect(statistics.total.digest == digest)
    #expect(statistics.problem == nil)
  }

  @Test("the filler of an aborted reservation has no RNDIS bytes and is completed as a failure")
  func filler() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    try guest.primary.send(SendRNDISPacket(channelType: .data), byteCount: 16, id: 5)
    try guest.primary.send(SendRNDISPacket(channelType: .data), byteCount: 4096, id: 6)
    #expect(try guest.primary.awaitAll().map(\.status) == [.failure, .failure])
  }

  @Test("a frame that asks for no completion is refused")
  func noCompletion() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    guest.fill(section: 0, GoldenVectors.sectionImage.bytes)
    try guest.send(section: 0, byteCount: 120, id: 8, completionRequested: false)
    #expect(try guest.primary.awaitAll().map(\.status) == [.failure])
    #expect(host.statistics().total.receivedPackets == 0)
  }

  @Test("a frame longer than any network's fails")
  func hugeFrame() throws {
    let host = try Host(HostConfiguration(execution: .inline))
    let guest = try ScriptedGuest(settingUp: host.offer)
    try guest.send(ranges: [guest.lend(rndisPacket([UInt8](repeating: 0, count: 1 << 20)))])
    try guest.send(ranges: [guest.lend(rndisPacket([UInt8](repeating: 0, count: 1 << 20 + 1)))])
    #expect(try guest.primary.awaitAll().map(\.status) == [.success, .failure])
  }
}

extension [UInt8] {
  /// The same bytes with a little-endian word in them.
  func replacing(at offset: Int, with value: UInt32) -> [UInt8] {
    var bytes = self
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    return bytes
  }
}
