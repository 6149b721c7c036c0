import SharedMemory
import TestSupport
import Testing

@Suite("Shared words")
struct SharedWordTests {
  @Test("keep what any ordering stored")
  func sharedWord() throws {
    let test = try TestRing(mapping: .single)
    let word = test.ring.writeIndex
    word.storeRelaxed(1)
    #expect(word.loadAcquiring() == 1)
    word.storeReleasing(.max)
    #expect(word.loadRelaxed() == .max)
  }

  @Test("of one side start at zero and do not touch each other")
  func privateWords() {
    let words = PrivateWords(count: 3)
    #expect(words.count == 3)
    for index in 0..<3 { #expect(words[index].loadRelaxed() == 0) }
    words[1].storeReleasing(.max)
    #expect((0..<3).map { words[$0].loadAcquiring() } == [0, .max, 0])
    words[1].storeRelaxed(5)
    #expect(words[1].loadRelaxed() == 5)
  }

  @Test("of one side are exchanged only from what was expected")
  func exchange() {
    let words = PrivateWords(count: 1)
    words[0].storeRelaxed(7)
    let refused = words[0].exchangeReleasing(expected: 6, desired: 9)
    #expect(!refused.exchanged && refused.original == 7)
    // A weak exchange may fail for no reason.
    while !words[0].exchangeReleasing(expected: 7, desired: 1 << 40).exchanged {}
    #expect(words[0].loadRelaxed() == 1 << 40)
  }

  @Test("of one side lose no exchange among threads")
  func contention() throws {
    let words = PrivateWords(count: 1)
    try runConcurrently(4) { _ in
      for _ in 0..<1000 {
        var seen = words[0].loadRelaxed()
        while true {
          let (exchanged, original) = words[0].exchangeReleasing(expected: seen, desired: seen + 1)
          if exchanged { break }
          seen = original
        }
      }
    }
    #expect(words[0].loadRelaxed() == 4000)
  }

  @Test("of one side trap on an index out of range")
  func index() async {
    await #expect(processExitsWith: .trap) { _ = PrivateWords(count: 2)[2] }
    await #expect(processExitsWith: .trap) { _ = PrivateWords(count: 0) }
  }
}
