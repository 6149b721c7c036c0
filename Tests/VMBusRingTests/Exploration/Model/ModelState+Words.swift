extension ModelState {
  /// The lane of a word; the threads' clocks come first.
  func lane(_ word: Int) -> Int { word &+ threadCount }

  /// How many stores of a word are visible to somebody.
  func storeCount(of word: Int) -> Int { bounds[word &+ 1] &- bounds[word] }

  /// What a word holds.
  func value(of word: Int) -> UInt64 { stores[bounds[word &+ 1] &- 1].value }

  /// What the store `age` places before the newest holds.
  func value(of word: Int, age: Int) -> UInt64 { stores[bounds[word &+ 1] &- 1 &- age].value }

  /// How many stores a load could return.
  func visibleCount(of word: Int, to thread: Int) -> Int {
    guard isShared(word) else { return 1 }
    return storeCount(of: word) &- threads[thread].current[lane(word)]
  }

  /// Loads the store that is `age` places before the newest.
  func load(_ word: Int, age: Int, acquires: Bool, by thread: Int) -> UInt64 {
    threads[thread].isInData = 0
    let place = bounds[word &+ 1] &- 1 &- age
    guard isShared(word) else { return stores[place].value }
    if watchers >> UInt64(truncatingIfNeeded: thread) & 1 != 0 {
      threads[thread].watched |= age > 0 ? Sight.news : 1 << UInt64(truncatingIfNeeded: word)
    }
    see(place &- bounds[word], of: word, by: thread)
    threads[thread].acquired.join(stores[place].view)
    if acquires { threads[thread].current.join(stores[place].view) }
    return stores[place].value
  }

  /// Appends a store.
  func store(_ value: UInt64, to word: Int, releases: Bool, by thread: Int) throws(ModelFlaw) {
    guard visibleCount(of: word, to: thread) == 1 else {
      throw ModelFlaw("a store that nothing orders behind the one before it")
    }
    append(value, to: word, carrying: View(), releases: releases, by: thread)
  }

  /// Puts `value` behind the newest store as one step, whatever that was, and returns that.
  func replace(_ word: Int, with value: UInt64, _ ordering: ModelOrdering, by thread: Int) -> UInt64 {
    let carried = stores[bounds[word &+ 1] &- 1].view
    let original = load(word, age: 0, acquires: ordering.acquires, by: thread)
    append(value, to: word, carrying: carried, releases: ordering.releases, by: thread)
    return original
  }

  /// A sequentially consistent fence.
  func fence(by thread: Int) {
    threads[thread].isInData = 0
    threads[thread].current.join(threads[thread].acquired)
    threads[thread].current.join(fenced[0])
    threads[thread].acquired = threads[thread].current
    threads[thread].released = threads[thread].current
    fenced[0] = threads[thread].current
  }

  private func isShared(_ word: Int) -> Bool { sharedWords >> UInt64(truncatingIfNeeded: word) & 1 != 0 }

  private func see(_ stamp: Int, of word: Int, by thread: Int) {
    threads[thread].current[lane(word)] = stamp
    if threads[thread].acquired[lane(word)] < stamp { threads[thread].acquired[lane(word)] = stamp }
  }

  private func append(_ value: UInt64, to word: Int, carrying: View, releases: Bool, by thread: Int) {
    threads[thread].isInData = 0
    let place = bounds[word &+ 1]
    guard isShared(word) else {
      if loadedWords >> UInt64(truncatingIfNeeded: word) & 1 != 0 { stores[place &- 1].value = value }
      return
    }
    let stamp = place &- bounds[word]
    see(stamp, of: word, by: thread)
    var view = releases ? threads[thread].current : threads[thread].released
    view[lane(word)] = stamp
    view.join(carrying)
    insert(Store(value: value, view: view), at: place, of: word)
    var other = 0
    while other < threadCount {
      if threads[other].watched >> UInt64(truncatingIfNeeded: word) & 1 != 0 { threads[other].watched = Sight.news }
      other = other &+ 1
    }
  }

  private func insert(_ store: Store, at place: Int, of word: Int) {
    let end = bounds[wordCount]
    precondition(UnsafeRawPointer(stores + end + 1) <= limit, "so many stores are visible at most")
    UnsafeMutableRawPointer(stores + place + 1).copyMemory(
      from: stores + place, byteCount: (end &- place) &* MemoryLayout<Store>.stride)
    stores[place] = store
    var next = word &+ 1
    while next <= wordCount {
      bounds[next] = bounds[next] &+ 1
      next = next &+ 1
    }
  }
}
