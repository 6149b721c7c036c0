import VMBusRing

/// How an operation of a model orders those around it.
enum ModelOrdering: Sendable {
  case relaxed, acquiring, releasing, acquiringAndReleasing

  var acquires: Bool { self == .acquiring || self == .acquiringAndReleasing }
  var releases: Bool { self == .releasing || self == .acquiringAndReleasing }
}

/// One step of a thread, as the explorer sees it. Its answer is a number.
enum ModelOperation: Equatable, Sendable {
  /// Answers what the word holds.
  case load(word: Int, ModelOrdering)
  /// Answers 0.
  case store(word: Int, value: UInt64, ModelOrdering)
  /// Answers what was there, which is `expected` exactly if `desired` is there now.
  case exchange(word: Int, expected: UInt64, desired: UInt64, ModelOrdering, failing: ModelOrdering)
  /// Answers what was there before.
  case add(word: Int, value: UInt64, ModelOrdering)
  /// A sequentially consistent fence.
  case fence
  /// Data words are not atomic: threads that meet in one need an order.
  case loadData(index: Int)
  case storeData(index: Int, value: UInt64)
  /// Waits until a word changes that was loaded since the last pause.
  case pause
  /// Waits until the word is not 0, and makes it 0.
  case sleep(bell: Int)
  /// Makes the word 1.
  case ring(bell: Int)
  /// Says something to whoever checks the run.
  case note(UInt64)
  /// From here on the thread knows nothing but the part it is in and `knowledge`.
  case milestone(knowledge: UInt64)
  /// A part of the thread's program has ended.
  case end
  /// The thread gave up, for a reason that its port keeps.
  case fail(reason: Int)
  /// No step but the absence of one that nothing orders: a weakened fence.
  case nothing

  /// The word that is reached, if any.
  var word: Int? {
    switch self {
    case .load(let word, _), .store(let word, _, _), .exchange(let word, _, _, _, _), .add(let word, _, _): word
    case .sleep(let bell), .ring(let bell): bell
    case .fence, .loadData, .storeData, .pause, .note, .milestone, .end, .fail, .nothing: nil
    }
  }

  /// Whether it may change a word.
  var isWriting: Bool {
    switch self {
    case .store, .exchange, .add, .sleep, .ring: true
    case .load, .fence, .loadData, .storeData, .pause, .note, .milestone, .end, .fail, .nothing: false
    }
  }

  /// Whether it tells what a word holds.
  var isLoading: Bool {
    switch self {
    case .load, .exchange, .add, .sleep, .ring: true
    case .store, .fence, .loadData, .storeData, .pause, .note, .milestone, .end, .fail, .nothing: false
    }
  }
}
