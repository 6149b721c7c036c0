import SharedMemory
import TestSupport
import Testing
import VMBusRing

@Suite("Mapped memory under a ring")
struct RingMemoryTests {
  @Test("gives the writers zeroed words of their own")
  func writerWords() throws {
    let test = try TestRing(mapping: .single)
    let (words, owner) = test.ring.makeWriterWords(count: 3)
    let (others, otherOwner) = test.ring.makeWriterWords(count: 3)
    #expect(words.map { $0.loadRelaxed(.hint) } == [0, 0, 0])
    for (index, word) in words.enumerated() { word.storeReleasing(UInt64(index) + 1, .passTurn) }
    #expect(words.map { $0.loadAcquiring(.takeTurn) } == [1, 2, 3])
    #expect(others.map { $0.loadAcquiring(.takeTurn) } == [0, 0, 0])
    #expect(test.controlPage.allSatisfy { $0 == 0 }, "the reader sees none of them")
    withExtendedLifetime((owner, otherOwner)) {}
  }

  @Test("orders alike whichever edge is named", arguments: OrderingEdge.allCases)
  func edges(edge: OrderingEdge) throws {
    let test = try TestRing(mapping: .single)
    test.ring.writeIndex.storeReleasing(8, edge)
    #expect(test.ring.writeIndex.loadAcquiring(edge) == 8)
    test.ring.writeIndex.storeRelaxed(16, edge)
    #expect(test.ring.writeIndex.loadRelaxed(edge) == 16)
    test.ring.fence(edge)
    test.ring.pause()
  }
}
