/// A word of the data area, and who met in it.
struct DataWord: Sendable {
  var value: UInt64 = 0
  /// Who stored it last, and when by that thread's clock.
  var writer = 0
  var written = 0
  /// Who loaded it last, and when.
  var reader = 0
  var read = 0
  /// Stored and not loaded yet: to store it again would lose it.
  var isUnread = false
}

extension MemoryModel {
  /// Loads a word of the data area, as its only reader.
  mutating func loadData(_ index: Int, by thread: Int) throws(ModelFlaw) -> UInt64 {
    tick(thread)
    guard threads[thread].current[data[index].writer] >= data[index].written else {
      throw ModelFlaw("a torn packet: nothing orders the load of a data word behind its store")
    }
    data[index].reader = thread
    data[index].read = threads[thread].current[thread]
    data[index].isUnread = false
    return data[index].value
  }

  /// Stores a word of the data area.
  mutating func storeData(_ value: UInt64, at index: Int, by thread: Int) throws(ModelFlaw) {
    tick(thread)
    guard !data[index].isUnread else { throw ModelFlaw("an unread word is overwritten") }
    guard threads[thread].current[data[index].writer] >= data[index].written else {
      throw ModelFlaw("two stores of a data word that nothing orders")
    }
    guard threads[thread].current[data[index].reader] >= data[index].read else {
      throw ModelFlaw("a word is overwritten that may still be being read")
    }
    data[index].value = value
    data[index].writer = thread
    data[index].written = threads[thread].current[thread]
    data[index].isUnread = true
  }

  /// A thread's clock goes on with the first step on data after another step, which may have told others of the clock as
  /// it was.
  private mutating func tick(_ thread: Int) {
    guard !threads[thread].isInData else { return }
    threads[thread].isInData = true
    threads[thread].current[thread] += 1
  }
}
