import SharedMemory
import Testing
import WireFormats

@testable import NetVSP

@Suite("The guest's receiving side")
struct GuestLinkTests {
  /// What may become of a packet between its note and the attempt to send it.
  enum Meanwhile: CaseIterable, Sendable { case nothing, channelClosed, acknowledgedEarly }

  @Test("a packet that cannot be sent gives its sub-allocations back once", arguments: Meanwhile.allCases)
  func takesBack(meanwhile: Meanwhile) throws {
    let link = try GuestLink()
    let memory = try SharedRegion(byteCount: 20 * 2048)
    _ = link.open(
      memory.bytes,
      ReceiveBufferSection(byteOffset: 0, subAllocationByteCount: 2048, subAllocationCount: 20, endOffset: 20 * 2048),
      replyCount: 16, frameByteCount: 1514, address: .broadcast)
    let generation = try #require(link.terms).generation
    var packet = PrivateList<UInt32>(capacity: 4)
    link.takeRoom(4, of: generation, into: &packet)
    let first = UInt64(packet[0])
    link.note(packet.span(0..<packet.count), sentOn: 1, of: generation)
    switch meanwhile {
    case .nothing: break
    case .channelClosed: link.release(channel: 1)
    case .acknowledgedEarly:
      let isKnown = link.acknowledge(first, on: 1)
      #expect(isKnown)
    }
    link.takeBack(first, sentOn: 1, of: generation)
    var free = PrivateList<UInt32>(capacity: 8)
    link.takeRoom(8, of: generation, into: &free)
    var indices: [UInt32] = []
    for position in 0..<free.count { indices.append(free[position]) }
    #expect(indices.sorted() == [16, 17, 18, 19])
  }
}
