/// Which words threads notice each other by, as far as the runs so far have shown: several use it, one of them writes,
/// and one loads.
final class WordSharing {
  private var users: [UInt8]
  private var written: UInt64 = 0
  /// A bit for each such word, and for each word that is loaded at all.
  private(set) var shared: UInt64 = 0
  private(set) var loaded: UInt64 = 0
  /// A bit for each thread that waits by `pause`.
  private(set) var watchers: UInt64 = 0
  /// Whether any of these turned out to be more: what was played before then was played too coarsely.
  var hasGrown = false

  /// A bit that is no word's: others always notice a fence or a wait.
  static let everything = UInt64(1) << 63

  init(wordCount: Int) { users = Array(repeating: 0, count: wordCount) }

  /// Notes what a thread does somewhere.
  func note(_ operation: ModelOperation, by thread: Int) {
    let before = (shared, loaded, watchers)
    if operation == .pause { watchers |= 1 << UInt64(thread) }
    if let word = operation.word {
      let bit = UInt64(1) << UInt64(word)
      users[word] |= 1 << UInt8(thread)
      if operation.isWriting { written |= bit }
      if operation.isLoading { loaded |= bit }
      if written & loaded & bit != 0, users[word].nonzeroBitCount > 1 { shared |= bit }
    }
    if before != (shared, loaded, watchers) { hasGrown = true }
  }

  /// What is common with `shared` exactly if others notice the operation or what it depends on.
  static func bits(of operation: ModelOperation) -> UInt64 {
    switch operation {
    case .load(let word, _), .store(let word, _, _), .exchange(let word, _, _, _, _), .add(let word, _, _):
      1 << UInt64(word)
    // A data word that threads meet in without an order is a flaw, so these commute.
    case .loadData, .storeData, .note, .milestone, .fail, .nothing: 0
    case .fence, .pause, .sleep, .ring, .end: everything
    }
  }
}
