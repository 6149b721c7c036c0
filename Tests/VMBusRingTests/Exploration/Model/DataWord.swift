/// A word of the data area, and who met in it.
struct DataWord {
  var value: UInt64 = 0
  /// Who stored it last, and when by that thread's clock.
  private var writer: UInt16 = 0
  private var written: UInt16 = 0
  /// Who loaded it last, and when; behind that, whether it was stored and not loaded yet: to store it again would lose
  /// it. (No byte is left undefined.)
  private var reader: UInt16 = 0
  private var read: UInt16 = 0

  private static let unread: UInt16 = 1 << 15

  var isUnread: Bool { read & Self.unread != 0 }

  /// Whether a view has seen the last store.
  func isStoreSeen(by view: View) -> Bool {
    view[Int(truncatingIfNeeded: writer)] >= Int(truncatingIfNeeded: written)
  }

  /// Whether a view has seen the last load.
  func isLoadSeen(by view: View) -> Bool {
    view[Int(truncatingIfNeeded: reader)] >= Int(truncatingIfNeeded: read & ~Self.unread)
  }

  mutating func noteLoad(by thread: Int, at time: Int) {
    reader = UInt16(truncatingIfNeeded: thread)
    read = UInt16(truncatingIfNeeded: time)
  }

  mutating func noteStore(_ value: UInt64, by thread: Int, at time: Int) {
    self.value = value
    writer = UInt16(truncatingIfNeeded: thread)
    written = UInt16(truncatingIfNeeded: time)
    read |= Self.unread
  }

  /// Counts times from `floor`. What every thread has seen is no matter any more.
  mutating func forget(_ floor: View) {
    if written > 0 {
      let seen = UInt16(truncatingIfNeeded: floor[Int(truncatingIfNeeded: writer)])
      written = written > seen ? written &- seen : 0
      if written == 0 { writer = 0 }
    }
    let time = read & ~Self.unread
    if time > 0 {
      let seen = UInt16(truncatingIfNeeded: floor[Int(truncatingIfNeeded: reader)])
      read = read & Self.unread | (time > seen ? time &- seen : 0)
      if time <= seen { reader = 0 }
    }
  }
}

extension ModelState {
  /// Loads a word of the data area, as its only reader.
  func loadData(_ index: Int, by thread: Int) throws(ModelFlaw) -> UInt64 {
    tick(thread)
    guard data[index].isStoreSeen(by: threads[thread].current) else {
      throw ModelFlaw("a torn packet: nothing orders the load of a data word behind its store")
    }
    data[index].noteLoad(by: thread, at: threads[thread].current[thread])
    return data[index].value
  }

  /// Stores a word of the data area.
  func storeData(_ value: UInt64, at index: Int, by thread: Int) throws(ModelFlaw) {
    tick(thread)
    guard !data[index].isUnread else { throw ModelFlaw("an unread word is overwritten") }
    guard data[index].isStoreSeen(by: threads[thread].current) else {
      throw ModelFlaw("two stores of a data word that nothing orders")
    }
    guard data[index].isLoadSeen(by: threads[thread].current) else {
      throw ModelFlaw("a word is overwritten that may still be being read")
    }
    data[index].noteStore(value, by: thread, at: threads[thread].current[thread])
  }

  /// A thread's clock goes on with the first step on data after another step, which may have told others of the clock as
  /// it was.
  private func tick(_ thread: Int) {
    guard threads[thread].isInData == 0 else { return }
    threads[thread].isInData = 1
    threads[thread].current[thread] += 1
  }
}
