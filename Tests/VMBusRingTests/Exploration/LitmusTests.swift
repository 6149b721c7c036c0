import Testing
import VMBusRing

/// The model of memory allows what C++20 allows, and nothing else: the classic small programs.
@Suite("A model of memory")
struct LitmusTests {
  /// What threads noted, in the order of the threads.
  struct Notes: RunRules {
    static let limit = 3
    let threadCount: Int
    /// For each thread, how many there are, and behind that what they are.
    var noteCount: Int { threadCount * (1 + Self.limit) }

    func begin(_ notes: UnsafeMutablePointer<UInt64>) {}
    func judge(
      _ operation: ModelOperation, answer: UInt64, by thread: Int, _ notes: UnsafeMutablePointer<UInt64>
    ) throws(ModelFlaw) {
      guard case .note(let value) = operation else { return }
      let own = notes + thread * (1 + Self.limit)
      own[0] += 1
      precondition(own[0] <= Self.limit, "a thread notes so much at most")
      own[Int(own[0])] = value
    }
    func judgeEnd(waiting: [Int], _ notes: UnsafeMutablePointer<UInt64>) throws(ModelFlaw) {
      if !waiting.isEmpty { throw ModelFlaw("threads \(waiting) wait for ever") }
    }
    func outcome(_ notes: UnsafeMutablePointer<UInt64>) -> [UInt64] {
      (0..<threadCount).flatMap { thread in
        let own = notes + thread * (1 + Self.limit)
        return (0..<Int(own[0])).map { own[$0 + 1] }
      }
    }
  }

  /// All that `threads` can note, on two words that are 0.
  static func outcomes(
    dataByteCount: UInt32 = 0, _ threads: [(ModelWord, ModelWord) -> Void]
  ) throws(FailedRun) -> Set<[UInt64]> {
    let port = ModelPort()
    let (x, y) = (port.makeWord("x"), port.makeWord("y"))
    let programs = threads.enumerated().map { number, thread in
      ThreadProgram("thread \(number)", parts: [{ thread(x, y) }])
    }
    let explorer = Explorer(
      Scene(
        port: port, programs: programs, dataByteCount: dataByteCount,
        rules: Notes(threadCount: threads.count)))
    try explorer.explore()
    return explorer.outcomes
  }

  @Test("passes messages by release and acquire only", arguments: [true, false], [true, false])
  func messagePassing(releases: Bool, acquires: Bool) throws {
    let outcomes = try Self.outcomes([
      { x, y in
        x.store(1, .relaxed)
        y.store(1, releases ? .releasing : .relaxed)
      },
      { x, y in
        y.note(y.load(acquires ? .acquiring : .relaxed))
        x.note(x.load(.relaxed))
      },
    ])
    #expect(outcomes.isSuperset(of: [[0, 0], [0, 1], [1, 1]]))
    #expect(outcomes.contains([1, 0]) == !(releases && acquires))
  }

  @Test("passes messages by fences around relaxed words", arguments: [true, false], [true, false])
  func messagePassingByFences(writerFences: Bool, readerFences: Bool) throws {
    let outcomes = try Self.outcomes([
      { x, y in
        x.store(1, .relaxed)
        if writerFences { x.port.perform(.fence) }
        y.store(1, .relaxed)
      },
      { x, y in
        y.note(y.load(.relaxed))
        if readerFences { x.port.perform(.fence) }
        x.note(x.load(.relaxed))
      },
    ])
    #expect(outcomes.contains([1, 0]) == !(writerFences && readerFences))
  }

  @Test("buffers stores, unless both threads fence", arguments: [true, false], [true, false])
  func storeBuffering(first: Bool, second: Bool) throws {
    let outcomes = try Self.outcomes([
      { x, y in
        x.store(1, .releasing)
        if first { x.port.perform(.fence) }
        x.note(y.load(.acquiring))
      },
      { x, y in
        y.store(1, .releasing)
        if second { y.port.perform(.fence) }
        y.note(x.load(.acquiring))
      },
    ])
    #expect(outcomes.isSuperset(of: [[0, 1], [1, 0], [1, 1]]))
    #expect(outcomes.contains([0, 0]) == !(first && second))
  }

  @Test("lets no thread see a word go back")
  func coherence() throws {
    let outcomes = try Self.outcomes([
      { x, _ in
        x.store(1, .relaxed)
        x.store(2, .relaxed)
      },
      { x, _ in
        x.note(x.load(.relaxed))
        x.note(x.load(.relaxed))
      },
    ])
    #expect(outcomes == [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]])
  }

  @Test("shows independent writes to two readers in different orders, unless they fence", arguments: [true, false])
  func independentReads(isFenced: Bool) throws {
    let read: (ModelWord, ModelWord) -> Void = { first, second in
      first.note(first.load(.acquiring))
      if isFenced { first.port.perform(.fence) }
      first.note(second.load(.acquiring))
    }
    let outcomes = try Self.outcomes([
      { x, _ in x.store(1, .releasing) },
      { _, y in y.store(1, .releasing) },
      { x, y in read(x, y) },
      { x, y in read(y, x) },
    ])
    #expect(outcomes.contains([1, 0, 1, 0]) == !isFenced)
  }

  @Test("carries a release on through additions, and not through stores", arguments: [true, false])
  func releaseSequence(adds: Bool) throws {
    let outcomes = try Self.outcomes([
      { x, y in
        x.store(1, .relaxed)
        _ = y.exchange(expected: 0, desired: 1, .releasing, failing: .relaxed)
        // A plain store, though of the same thread, begins anew.
        if !adds { y.store(3, .relaxed) }
      },
      { _, y in
        if adds { y.add(2, .relaxed) }
      },
      { x, y in
        guard y.load(.acquiring) == 3 else { return }
        x.note(x.load(.relaxed))
      },
    ])
    #expect(outcomes.contains([1]))
    #expect(outcomes.contains([0]) == !adds)
  }

  @Test("takes two stores that nothing orders for a flaw")
  func racingStores() {
    #expect(throws: FailedRun.self) {
      try Self.outcomes([
        { x, _ in x.store(1, .releasing) },
        { x, _ in
          x.store(2, .releasing)
          x.note(x.load(.relaxed))
        },
      ])
    }
  }

  @Test("takes data that nothing orders for torn", arguments: [true, false], [true, false])
  func racingData(releases: Bool, acquires: Bool) throws {
    let explore: () throws -> Void = {
      _ = try Self.outcomes(
        dataByteCount: 8,
        [
          { x, _ in
            x.port.perform(.storeData(index: 0, value: 1))
            x.store(1, releases ? .releasing : .relaxed)
          },
          { x, _ in
            guard x.load(acquires ? .acquiring : .relaxed) == 1 else { return }
            x.port.perform(.loadData(index: 0))
          },
        ])
    }
    if releases && acquires { try explore() } else { #expect(throws: FailedRun.self, performing: explore) }
  }

  @Test("takes data that is stored anew for torn, unless its reader gave it back", arguments: [true, false])
  func racingReuse(releases: Bool) throws {
    let explore: () throws -> Void = {
      _ = try Self.outcomes(
        dataByteCount: 8,
        [
          { x, y in
            x.port.perform(.storeData(index: 0, value: 1))
            x.store(1, .releasing)
            guard y.load(.acquiring) == 1 else { return }
            x.port.perform(.storeData(index: 0, value: 2))
          },
          { x, y in
            guard x.load(.acquiring) == 1 else { return }
            x.port.perform(.loadData(index: 0))
            y.store(1, releases ? .releasing : .relaxed)
          },
        ])
    }
    if releases { try explore() } else { #expect(throws: FailedRun.self, performing: explore) }
  }

  @Test("adds and exchanges as one step")
  func atomicity() throws {
    let outcomes = try Self.outcomes([
      { x, _ in x.note(x.add(1, .relaxed)) },
      { x, _ in x.note(x.add(1, .relaxed)) },
      { x, _ in x.note(x.exchange(expected: 0, desired: 7, .relaxed, failing: .relaxed).exchanged ? 1 : 0) },
    ])
    #expect(outcomes == [[0, 1, 0], [1, 0, 0], [7, 8, 1], [8, 7, 1]])
  }
}

extension ModelWord {
  /// Tells the rules of a run something.
  func note(_ value: UInt64) { port.perform(.note(value)) }
}
