/// What a run did that no run may do.
struct ModelFlaw: Error, Equatable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Memory as C++20 has it, as a machine: each word is the list of its stores in modification order, and each thread has
/// seen some of them.
///
/// A load may return any store that is not older than the newest its thread has seen of that word. A releasing store
/// carries its thread's view along, and an acquiring load takes it over; relaxed ones do so by way of the fences before
/// and behind them. A read-modify-write takes the newest store and carries on the view that came with it. Sequentially
/// consistent fences exchange their threads' views with one view that all share.
///
/// Two liberties of C++20 are judged instead of being played through:
/// * A store goes behind all others. It could also go in before one that its thread has not seen: such a store is a flaw,
///   since every word of the rings has one writer at a time.
/// * A load takes effect before its thread's next step, though hardware may delay it past a later store. For data words,
///   a store that is not ordered behind every earlier load of that word is a flaw, and so is a load that is not ordered
///   behind the last store: a torn packet.
struct MemoryModel: Sendable {
  /// A store, and what it carries along.
  struct Store: Sendable {
    var value: UInt64
    var view: View
  }

  /// The stores that somebody can still see.
  struct Word: Sendable {
    var stores: [Store]
    /// The stamp of the first of them.
    var first = 0

    var newest: Int { first &+ stores.count &- 1 }
    var value: UInt64 { stores[stores.count &- 1].value }
  }

  /// What a thread has seen.
  struct Sight: Sendable {
    var current = View()
    /// What an acquiring fence would add.
    var acquired = View()
    /// What a relaxed store carries along, by the last releasing fence.
    var released = View()
    /// For each word loaded since the last pause, one more than the newest stamp seen.
    var watched = View()
    /// Whether the last step was on data: then its clock stands.
    var isInData = false
    /// A thread that has ended sees nothing any more.
    var isEnded = false
  }

  let threadCount: Int
  var words: [Word]
  var data: [DataWord]
  var threads: [Sight]
  /// What the fences have exchanged.
  var fenced = View()

  init(threadCount: Int, words: [UInt64], dataWordCount: Int) {
    precondition(threadCount + words.count <= View.laneCount, "a model has so many threads and words at most")
    self.threadCount = threadCount
    self.words = words.map { Word(stores: [Store(value: $0, view: View())]) }
    data = Array(repeating: DataWord(), count: dataWordCount)
    threads = Array(repeating: Sight(), count: threadCount)
  }

  /// The lane of a word; the threads' clocks come first.
  func lane(_ word: Int) -> Int { word &+ threadCount }

  /// How many stores a load could return.
  func visibleCount(of word: Int, to thread: Int) -> Int {
    words[word].newest &- threads[thread].current[lane(word)] &+ 1
  }

  /// What the store `age` places before the newest holds.
  func value(of word: Int, age: Int) -> UInt64 {
    words[word].stores[words[word].stores.count &- 1 &- age].value
  }

  /// Loads the store that is `age` places before the newest.
  mutating func load(_ word: Int, age: Int, acquires: Bool, by thread: Int) -> UInt64 {
    let store = words[word].stores[words[word].stores.count &- 1 &- age]
    let stamp = words[word].newest &- age
    threads[thread].isInData = false
    threads[thread].watched[lane(word)] = stamp &+ 1
    see(stamp, of: word, by: thread)
    threads[thread].acquired.join(store.view)
    if acquires { threads[thread].current.join(store.view) }
    return store.value
  }

  /// Appends a store.
  mutating func store(_ value: UInt64, to word: Int, releases: Bool, by thread: Int) throws(ModelFlaw) {
    guard visibleCount(of: word, to: thread) == 1 else {
      throw ModelFlaw("a store that nothing orders behind the one before it")
    }
    append(value, to: word, carrying: View(), releases: releases, by: thread)
  }

  /// Puts `value` behind the newest store as one step, whatever that was, and returns that.
  mutating func replace(_ word: Int, with value: UInt64, _ ordering: ModelOrdering, by thread: Int) -> UInt64 {
    let carried = words[word].stores[words[word].stores.count &- 1].view
    let original = load(word, age: 0, acquires: ordering.acquires, by: thread)
    append(value, to: word, carrying: carried, releases: ordering.releases, by: thread)
    return original
  }

  /// A sequentially consistent fence.
  mutating func fence(by thread: Int) {
    threads[thread].isInData = false
    threads[thread].current.join(threads[thread].acquired)
    threads[thread].current.join(fenced)
    threads[thread].acquired = threads[thread].current
    threads[thread].released = threads[thread].current
    fenced = threads[thread].current
  }

  /// Whether a word changed that the thread loaded since its last pause.
  func hasNews(for thread: Int) -> Bool {
    for word in 0..<words.count {
      let stamp = threads[thread].watched[lane(word)]
      if stamp > 0 && words[word].newest >= stamp { return true }
    }
    return false
  }

  private mutating func see(_ stamp: Int, of word: Int, by thread: Int) {
    threads[thread].current[lane(word)] = stamp
    if threads[thread].acquired[lane(word)] < stamp { threads[thread].acquired[lane(word)] = stamp }
  }

  private mutating func append(_ value: UInt64, to word: Int, carrying: View, releases: Bool, by thread: Int) {
    let stamp = words[word].newest &+ 1
    threads[thread].isInData = false
    see(stamp, of: word, by: thread)
    var view = releases ? threads[thread].current : threads[thread].released
    view[lane(word)] = stamp
    view.join(carrying)
    words[word].stores.append(Store(value: value, view: view))
  }
}
