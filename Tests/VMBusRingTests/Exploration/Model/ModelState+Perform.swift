extension ModelState {
  /// How many answers an operation can have now, by which of the visible stores it takes.
  func answerCount(of operation: ModelOperation, by thread: Int) -> Int {
    switch operation {
    case .load(let word, _): return visibleCount(of: word, to: thread)
    // A failure is a load, so it may be by an older store.
    case .exchange(let word, _, _, _, _): return visibleCount(of: word, to: thread)
    default: return 1
    }
  }

  /// Whether an operation can take an older store: an exchange takes none that holds what it expects.
  func isPossible(_ operation: ModelOperation, age: Int) -> Bool {
    guard case .exchange(let word, let expected, _, _, _) = operation else { return true }
    return value(of: word, age: age) != expected
  }

  /// Whether a thread can go on with an operation.
  func canPerform(_ operation: ModelOperation, by thread: Int) -> Bool {
    switch operation {
    case .sleep(let bell): value(of: bell) != 0
    case .pause: threads[thread].watched & Sight.news != 0
    case .end: false
    default: true
    }
  }

  /// Performs an operation on the store that is `age` places before the newest, and returns its answer.
  func perform(_ operation: ModelOperation, age: Int, by thread: Int) throws(ModelFlaw) -> UInt64 {
    switch operation {
    case .load(let word, let ordering): return load(word, age: age, acquires: ordering.acquires, by: thread)
    case .store(let word, let value, let ordering):
      try store(value, to: word, releases: ordering.releases, by: thread)
    case .exchange(let word, let expected, let desired, let ordering, let failing):
      guard age == 0, value(of: word) == expected else {
        return load(word, age: age, acquires: failing.acquires, by: thread)
      }
      return replace(word, with: desired, ordering, by: thread)
    case .add(let word, let amount, let ordering):
      return replace(word, with: value(of: word) &+ amount, ordering, by: thread)
    case .fence: fence(by: thread)
    case .loadData(let index): return try loadData(index, by: thread)
    case .storeData(let index, let value): try storeData(value, at: index, by: thread)
    case .pause, .milestone: threads[thread].watched = 0
    case .sleep(let bell): return replace(bell, with: 0, .acquiringAndReleasing, by: thread)
    case .ring(let bell): return replace(bell, with: 1, .acquiringAndReleasing, by: thread)
    case .note, .nothing, .end, .fail: break
    }
    return 0
  }
}
