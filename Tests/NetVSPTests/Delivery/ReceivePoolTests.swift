import Testing

@testable import NetVSP

@Suite("The sub-allocations of a receive buffer")
struct ReceivePoolTests {
  @Test("those behind the ones for answers are given out, each once")
  func taking() {
    var pool = ReceivePool(subAllocationCount: 20, replyCount: 16)
    var taken: [UInt32] = []
    while let index = pool.take() { taken.append(index) }
    #expect(taken.sorted() == [16, 17, 18, 19])
    pool.give(back: 17)
    #expect(pool.take() == 17)
    #expect(pool.take() == nil)
  }

  @Test("a packet's are free when its guest acknowledges it, on its channel, once")
  func acknowledging() {
    var pool = ReceivePool(subAllocationCount: 20, replyCount: 16)
    let packet = (0..<3).compactMap { _ in pool.take() }
    pool.note(packet.span, sentOn: 2)
    #expect(pool.freeCount == 1)
    for (id, channel) in [(UInt64(packet[0]), 1), (UInt64(packet[1]), 2), (0, 2), (19, 2), (20, 2), (.max, 2)] {
      let isKnown = pool.acknowledge(id, on: channel)
      #expect(!isKnown, "\(id) on \(channel)")
    }
    let isKnown = pool.acknowledge(UInt64(packet[0]), on: 2)
    #expect(isKnown)
    #expect(pool.freeCount == 4)
    let again = pool.acknowledge(UInt64(packet[0]), on: 2)
    #expect(!again)
  }

  @Test("a channel that closes gives back what its guest had, and no other's")
  func closing() {
    var pool = ReceivePool(subAllocationCount: 24, replyCount: 16)
    for channel in [1, 2, 1] {
      let packet = (0..<2).compactMap { _ in pool.take() }
      pool.note(packet.span, sentOn: channel)
    }
    #expect(pool.freeCount == 2)
    pool.releaseAll(of: 1)
    #expect(pool.freeCount == 6)
    pool.releaseAll(of: 1)
    #expect(pool.freeCount == 6)
  }
}
