extension MemoryModel {
  /// Forgets what no thread can see any more. What every thread has seen is where all views begin.
  mutating func forget() -> View {
    var floor: View?
    for thread in threads where !thread.isEnded {
      floor = floor?.common(thread.current) ?? thread.current
    }
    guard let floor else { return View() }
    for word in 0..<words.count {
      let seen = floor[lane(word)]
      if seen > words[word].first {
        words[word].stores.removeFirst(seen &- words[word].first)
        words[word].first = seen
      }
    }
    return floor
  }

  /// Puts all that the future depends on into `key`. Stamps are counted from what every thread has seen, so that states
  /// are the same which differ only in how long they took.
  mutating func append(to key: inout [UInt64]) {
    let floor = forget()
    for thread in threads where !thread.isEnded {
      thread.current.beyond(floor).append(to: &key)
      thread.acquired.beyond(floor).append(to: &key)
      thread.released.beyond(floor).append(to: &key)
      key.append(thread.isInData ? 1 : 0)
    }
    fenced.beyond(floor).append(to: &key)
    for word in words {
      key.append(UInt64(truncatingIfNeeded: word.stores.count))
      for store in word.stores {
        key.append(store.value)
        store.view.beyond(floor).append(to: &key)
      }
    }
    for word in data {
      let written = max(word.written &- floor[word.writer], 0)
      let read = max(word.read &- floor[word.reader], 0)
      key.append(word.value)
      key.append(
        UInt64(truncatingIfNeeded: written << 24 | read << 16 | (word.isUnread ? 1 << 8 : 0))
          | UInt64(truncatingIfNeeded: (written > 0 ? word.writer : 0) << 4 | (read > 0 ? word.reader : 0)))
    }
  }
}
