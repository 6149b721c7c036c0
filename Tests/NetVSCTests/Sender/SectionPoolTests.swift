import NetVSC
import SharedMemory
import Synchronization
import TestSupport
import Testing
import WireFormats

@Suite("Sections that belong to no sender")
struct SectionPoolTests {
  @Test("are each taken once, wherever the search begins", arguments: [0, 1, 63, 64, 65, 200], [0, 1, 3, 1000])
  func takenOnce(count: Int, borrower: Int) {
    let pool = SectionPool(sectionCount: 300, spare: 100..<100 + count)
    var taken: Set<UInt32> = []
    while let section = pool.take(startingAt: borrower) { taken.insert(section) }
    #expect(taken == Set((100..<100 + count).map(UInt32.init)))
    #expect(!pool.hasSections)
    // Any section of the buffer can come back.
    pool.give(back: 299)
    #expect(pool.hasSections)
    let again = pool.take(startingAt: borrower)
    #expect(again == 299)
  }

  @Test("are nobody else's while one has them, with threads that take and give at the same time")
  func threads() throws {
    let pool = SectionPool(sectionCount: 70, spare: 0..<70)
    let owners = (0..<70).map { _ in OwnerWord() }
    let clashes = Atomic(0)
    try runConcurrently(4) { thread in
      for round in 0..<20_000 {
        guard let section = pool.take(startingAt: thread + round) else { continue }
        if owners[Int(section)].word.exchange(true, ordering: .relaxed) { clashes.add(1, ordering: .relaxed) }
        owners[Int(section)].word.store(false, ordering: .relaxed)
        pool.give(back: section)
      }
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
    let left = (0..<71).filter { _ in pool.take(startingAt: 0) != nil }.count
    #expect(left == 70)
  }

  private final class OwnerWord: Sendable {
    let word = Atomic(false)
  }

  /// Two queues, or two senders, of 8 sections each.
  private func open(spare: Int, queueCount: Int = 2) throws -> GuestBench {
    try GuestBench(ringMode: .exclusive, sectionsPerQueue: 8) {
      $1.queueCount = queueCount
      $1.spareSections = spare
    }
  }

  @Test("are borrowed up to as many as one has, and go back with the completions", arguments: [0, 3, 8, 100])
  func bounded(spare: Int) throws {
    let bench = try open(spare: spare)
    var sender = try bench.device.makeSender(queue: 0)
    let borrowed = min(spare, 8)
    let filled = try sender.fill()
    #expect(filled == 8 + borrowed)
    #expect(sender.counters.noSection == 1)
    let packets = try bench.takeAll(0)
    let used = try packets.map { try SendRNDISPacket(parsing: $0.payload.span.bytes).sectionIndex }
    #expect(Set(used).count == used.count)

    // The other queue's own sections are there whatever the first one does.
    var other = try bench.device.makeSender(queue: 1)
    let othersFilled = try other.fill()
    #expect(othersFilled == 8 + min(spare - borrowed, 8))
    let othersUsed = try bench.takeAll(1)
    let othersSections = try othersUsed.map { try SendRNDISPacket(parsing: $0.payload.span.bytes).sectionIndex }
    #expect(Set(used).isDisjoint(with: othersSections))

    try bench.complete(packets)
    try sender.poll()
    try bench.complete(othersUsed)
    try other.poll()
    let refilled = try other.fill()
    #expect(refilled == 8 + borrowed, "what the first one had is there to borrow again")
    _ = sender.finish()
    _ = other.finish()
  }

  @Test("are not borrowed where there is nobody else")
  func alone() throws {
    let bench = try open(spare: 100, queueCount: 1)
    var sender = try bench.device.makeSender(queue: 0)
    let filled = try sender.fill()
    #expect(filled == 8)
    _ = sender.finish()
  }

  @Test("are all there are where the host's buffer has fewer than senders, and those without send in other ways")
  func none() throws {
    let bench = try GuestBench(ringMode: .cooperative, sectionsPerQueue: 1) {
      $0.terms.sectionByteCount = 1 << 12
      $1.sendersPerQueue = 8
      $1.queueCount = 1
      $1.largeBuffersPerQueue = 8
      $1.spareSections = 0
    }
    var senders: [Int: SenderBox] = [:]
    for number in 0..<8 { senders[number] = SenderBox(try bench.device.makeSender(queue: 0, number: number)) }
    for round in 0..<5 {
      for number in 0..<8 {
        let outcome = try senders[number]!.sender.send(Frames.numbered(8 * round + number, byteCount: 1514))
        #expect(outcome == .taken)
        try senders[number]!.sender.flush()
      }
      try bench.complete(try bench.takeAll())
      for number in 0..<8 { try senders[number]!.sender.poll() }
      for number in 0..<8 { try senders[number]!.sender.poll() }
    }
    for number in 0..<8 {
      let counters = senders.removeValue(forKey: number)!.finish().counters
      #expect(counters.completed == PacketCount(5, 5 * 1514))
      #expect(counters.balances)
    }
  }
}
