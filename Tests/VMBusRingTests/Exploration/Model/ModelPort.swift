import VMBusRing

/// Where code that runs on a model hands over its operations, and gets its answers.
///
/// Everything happens on one thread: the threads of a run are a fiction, played one at a time.
final class ModelPort: @unchecked Sendable {
  /// The edge that orders nothing in this model.
  let weakened: OrderingEdge?
  /// Who answers now. Before a run it is the port itself, from the words as they are being made.
  private var answer: ((ModelOperation) -> UInt64)?
  /// The words' first values, and what they are called in a report.
  private(set) var firstValues: [UInt64] = []
  private(set) var names: [String] = []
  /// Why threads gave up. (An operation that held a string would be slow to copy.)
  private(set) var reasons: [String] = []
  /// What the last operation was answered.
  private(set) var lastAnswer: UInt64 = 0

  init(weakened: OrderingEdge? = nil) { self.weakened = weakened }

  /// A new word that holds 0.
  func makeWord(_ name: String) -> ModelWord {
    firstValues.append(0)
    names.append(name)
    return ModelWord(port: self, number: firstValues.count - 1)
  }

  /// Runs code whose operations `answer` answers.
  func run(_ code: () -> Void, answer: @escaping (ModelOperation) -> UInt64) {
    let outer = self.answer
    self.answer = answer
    code()
    self.answer = outer
  }

  /// Hands over one operation.
  @discardableResult
  func perform(_ operation: ModelOperation) -> UInt64 {
    if let answer {
      lastAnswer = answer(operation)
      return lastAnswer
    }
    guard let word = operation.word else { return 0 }
    let original = firstValues[word]
    switch operation {
    case .store(_, let value, _): firstValues[word] = value
    case .add(_, let value, _): firstValues[word] = original &+ value
    default: precondition(!operation.isWriting, "before a run words are loaded, stored and added to only")
    }
    return original
  }

  /// What a thread does that gives up.
  func failure(_ reason: String) -> ModelOperation {
    reasons.append(reason)
    return .fail(reason: reasons.count - 1)
  }

  /// Says that the thread knows nothing but `knowledge` from here on.
  func milestone(knowing knowledge: UInt64) { perform(.milestone(knowledge: knowledge)) }

  /// The ordering of an operation that belongs to `edge`.
  func ordering(_ ordering: ModelOrdering, _ edge: OrderingEdge) -> ModelOrdering {
    edge == weakened ? .relaxed : ordering
  }
}

/// A word of a model: of the control page or of the writers.
struct ModelWord: Sendable {
  let port: ModelPort
  let number: Int

  /// Loads with any ordering.
  func load(_ ordering: ModelOrdering) -> UInt64 { port.perform(.load(word: number, ordering)) }
  /// Stores with any ordering.
  func store(_ value: UInt64, _ ordering: ModelOrdering) {
    port.perform(.store(word: number, value: value, ordering))
  }
  /// Compares and exchanges with any ordering.
  func exchange(
    expected: UInt64, desired: UInt64, _ ordering: ModelOrdering, failing: ModelOrdering
  ) -> (exchanged: Bool, original: UInt64) {
    let original = port.perform(
      .exchange(word: number, expected: expected, desired: desired, ordering, failing: failing))
    return (original == expected, original)
  }
  /// Adds with any ordering.
  @discardableResult
  func add(_ value: UInt64, _ ordering: ModelOrdering) -> UInt64 {
    port.perform(.add(word: number, value: value, ordering))
  }
}

extension ModelWord: WriterWord {
  func loadRelaxed(_ edge: OrderingEdge) -> UInt64 { load(.relaxed) }
  func loadAcquiring(_ edge: OrderingEdge) -> UInt64 { load(port.ordering(.acquiring, edge)) }
  func storeRelaxed(_ value: UInt64, _ edge: OrderingEdge) { store(value, .relaxed) }
  func storeReleasing(_ value: UInt64, _ edge: OrderingEdge) { store(value, port.ordering(.releasing, edge)) }
  // A failure for no reason is a second try with the same values, so it is not played.
  func exchangeReleasing(expected: UInt64, desired: UInt64, _ edge: OrderingEdge)
    -> (exchanged: Bool, original: UInt64)
  {
    exchange(
      expected: expected, desired: desired, port.ordering(.releasing, edge), failing: port.ordering(.acquiring, edge))
  }
  func exchangeAcquiring(expected: UInt64, desired: UInt64, _ edge: OrderingEdge)
    -> (exchanged: Bool, original: UInt64)
  {
    let ordering = port.ordering(.acquiring, edge)
    return exchange(expected: expected, desired: desired, ordering, failing: ordering)
  }
  func addRelaxed(_ value: UInt64, _ edge: OrderingEdge) -> UInt64 { add(value, .relaxed) }
}

/// A word of a model's control page.
struct ModelControlWord: ControlWord {
  let word: ModelWord

  func loadRelaxed(_ edge: OrderingEdge) -> UInt32 { UInt32(word.loadRelaxed(edge)) }
  func loadAcquiring(_ edge: OrderingEdge) -> UInt32 { UInt32(word.loadAcquiring(edge)) }
  func storeRelaxed(_ value: UInt32, _ edge: OrderingEdge) { word.storeRelaxed(UInt64(value), edge) }
  func storeReleasing(_ value: UInt32, _ edge: OrderingEdge) { word.storeReleasing(UInt64(value), edge) }
}

/// Words of a model side by side.
struct ModelTable: WriterTable {
  let words: [ModelWord]
  subscript(index: Int) -> ModelWord { words[index] }
}
