/// Which words several threads use while at least one writes, as far as the runs so far have shown.
struct WordSharing {
  private var users: [UInt8]
  private var writers: [UInt8]
  private var isShared: [Bool]
  /// Whether a word turned out to be shared.
  var hasGrown = false

  init(wordCount: Int) {
    users = Array(repeating: 0, count: wordCount)
    writers = users
    isShared = Array(repeating: false, count: wordCount)
  }

  /// Whether nobody else notices the operation or what it depends on.
  func isPrivate(_ operation: ModelOperation) -> Bool {
    switch operation {
    case .load(let word, _), .store(let word, _, _), .exchange(let word, _, _, _, _), .add(let word, _, _):
      !isShared[word]
    // A data word that threads meet in without an order is a flaw, so these commute.
    case .loadData, .storeData, .note, .fail, .nothing: true
    case .fence, .pause, .sleep, .ring, .end: false
    }
  }

  mutating func note(_ operation: ModelOperation, by thread: Int) {
    guard let word = operation.word, !isShared[word] else { return }
    users[word] |= 1 << UInt8(truncatingIfNeeded: thread)
    if operation.isWriting { writers[word] |= 1 << UInt8(truncatingIfNeeded: thread) }
    if writers[word] != 0, users[word].nonzeroBitCount > 1 {
      isShared[word] = true
      hasGrown = true
    }
  }
}
