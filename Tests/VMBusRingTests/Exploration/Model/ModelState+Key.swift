extension ModelState {
  /// Forgets what no thread can see any more, and counts all stamps from what every thread has seen: so states are the
  /// same which differ only in how long they took.
  ///
  /// Where no older store can be read any more, all that matters of older ones is who has not seen the newest.
  func forget(keepsOlder: Bool) {
    var floor = View()
    var isFirst = true
    var thread = 0
    while thread < threadCount {
      if threads[thread].isEnded == 0 {
        floor = isFirst ? threads[thread].current : floor.common(threads[thread].current)
        isFirst = false
      }
      thread = thread &+ 1
    }
    if !keepsOlder { raise(&floor) }
    guard !floor.isEmpty else { return }
    removeStores(before: floor)
    fenced[0].subtract(floor)
    thread = 0
    while thread < threadCount {
      threads[thread].current.subtract(floor)
      threads[thread].acquired.subtract(floor)
      threads[thread].released.subtract(floor)
      thread = thread &+ 1
    }
    var store = 0
    while store < bounds[wordCount] {
      stores[store].view.subtract(floor)
      store = store &+ 1
    }
    var word = 0
    while word < dataWordCount {
      data[word].forget(floor)
      word = word &+ 1
    }
  }

  /// Raises a floor to the stores before the newest ones, and makes those all alike.
  private func raise(_ floor: inout View) {
    var word = 0
    while word < wordCount {
      let newest = storeCount(of: word) &- 1
      if newest > 0, floor[lane(word)] < newest {
        floor[lane(word)] = newest &- 1
        stores[bounds[word &+ 1] &- 2] = Store(value: 0, view: View())
      }
      word = word &+ 1
    }
  }

  private func removeStores(before floor: View) {
    var (word, kept, place) = (0, 0, 0)
    while word < wordCount {
      let end = bounds[word &+ 1]
      place = place &+ floor[lane(word)]
      if kept == place {
        kept = end
      } else {
        let count = end &- place
        UnsafeMutableRawPointer(stores + kept).copyMemory(
          from: stores + place, byteCount: count &* MemoryLayout<Store>.stride)
        kept = kept &+ count
      }
      bounds[word &+ 1] = kept
      place = end
      word = word &+ 1
    }
  }

  /// What stands for the state, of all of which its future depends: 128 bits, so that no two states are taken for one.
  var key: StateKey {
    let bytes = rawBytes
    var (first, second) = (Hasher(), Hasher())
    first.combine(bytes: bytes)
    second.combine(StateKey.otherHash)
    second.combine(bytes: bytes)
    return StateKey(
      first: UInt64(bitPattern: Int64(first.finalize())), second: UInt64(bitPattern: Int64(second.finalize())))
  }
}

/// Two hashes of a state.
struct StateKey {
  let first: UInt64
  let second: UInt64
  /// What the second hash begins with.
  static let otherHash: UInt64 = 1
}
