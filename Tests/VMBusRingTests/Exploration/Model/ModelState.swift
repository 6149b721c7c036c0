/// What a run did that no run may do.
struct ModelFlaw: Error, Equatable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// All of a run as it stands: memory, what each thread has seen of it and where it is in its program, and what the rules
/// remember. It lies in one piece, so that it is copied and compared fast even in a debug build, where every access to an
/// array goes through generic code.
///
/// Memory is as C++20 has it, as a machine: each word is the list of its stores in modification order, and each thread has
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
final class ModelState {
  /// A store that somebody can still see, and what it carries along. Its stamp is its place in the list of its word.
  struct Store {
    var value: UInt64
    var view: View
  }

  /// What a thread has seen.
  struct Sight {
    /// The newest stamp seen of each word, and each thread's clock as far as this one has heard.
    var current = View()
    /// What an acquiring fence would add.
    var acquired = View()
    /// What a relaxed store carries along, by the last releasing fence.
    var released = View()
    /// A bit for each word loaded since the last pause or milestone; `news` once one of them has changed.
    var watched: UInt64 = 0
    /// Whether the last step was on data: then its clock stands. (Integers, so that no byte is left undefined.)
    var isInData = 0
    var hasStarted = 0
    /// A thread that has ended sees nothing any more.
    var isEnded = 0
    /// Where it stands in its tree.
    var place = 0

    static let news = UInt64(1) << 63
  }

  /// How many stores can be visible beside the newest of each word.
  private static let spareStoreCount = 100

  let threadCount: Int
  let wordCount: Int
  let dataWordCount: Int
  let noteCount: Int
  /// A bit for each word by which threads can notice each other. Of another word only the last store matters, and that
  /// only if somebody loads it.
  var sharedWords: UInt64 = 0
  var loadedWords: UInt64 = 0
  /// A bit for each thread that waits by `pause`: only those watch words.
  var watchers: UInt64 = 0

  let threads: UnsafeMutablePointer<Sight>
  /// What the fences have exchanged.
  let fenced: UnsafeMutablePointer<View>
  let data: UnsafeMutablePointer<DataWord>
  /// What the rules remember.
  let notes: UnsafeMutablePointer<UInt64>
  /// Where the stores of each word begin, and behind the last where they end.
  let bounds: UnsafeMutablePointer<Int>
  let stores: UnsafeMutablePointer<Store>
  private let bytes: UnsafeMutableRawPointer
  /// The largest size of a state, in bytes.
  let byteLimit: Int
  /// Where that ends.
  var limit: UnsafeRawPointer { UnsafeRawPointer(bytes + byteLimit) }

  init(threadCount: Int, wordCount: Int, dataWordCount: Int, noteCount: Int) {
    precondition(threadCount + wordCount <= View.laneCount, "a model has so many threads and words at most")
    (self.threadCount, self.wordCount) = (threadCount, wordCount)
    (self.dataWordCount, self.noteCount) = (dataWordCount, noteCount)
    let threadBytes = threadCount * MemoryLayout<Sight>.stride
    let dataBytes = dataWordCount * MemoryLayout<DataWord>.stride
    let storeBytes = (wordCount + Self.spareStoreCount) * MemoryLayout<Store>.stride
    byteLimit =
      threadBytes + MemoryLayout<View>.stride + dataBytes + 8 * noteCount + 8 * (wordCount + 1) + storeBytes
    bytes = UnsafeMutableRawPointer.allocate(byteCount: byteLimit, alignment: 8)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: byteLimit)
    var end = bytes
    func take<Field>(_ type: Field.Type, _ byteCount: Int) -> UnsafeMutablePointer<Field> {
      defer { end += byteCount }
      return end.assumingMemoryBound(to: type)
    }
    threads = take(Sight.self, threadBytes)
    fenced = take(View.self, MemoryLayout<View>.stride)
    data = take(DataWord.self, dataBytes)
    notes = take(UInt64.self, 8 * noteCount)
    bounds = take(Int.self, 8 * (wordCount + 1))
    stores = take(Store.self, storeBytes)
  }

  /// The start of a run, whose words hold `words`.
  convenience init(threadCount: Int, words: [UInt64], dataWordCount: Int, noteCount: Int) {
    self.init(
      threadCount: threadCount, wordCount: words.count, dataWordCount: dataWordCount, noteCount: noteCount)
    for (index, word) in words.enumerated() {
      stores[index].value = word
      bounds[index + 1] = index + 1
    }
  }

  deinit { bytes.deallocate() }

  /// The bytes of the state as it is now: the stores come last.
  var byteCount: Int {
    UnsafeRawPointer(stores + bounds[wordCount]) - UnsafeRawPointer(bytes)
  }
  var rawBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: byteCount) }

  /// Copies the state to where `byteLimit` bytes are free.
  func save(to place: UnsafeMutableRawPointer) { place.copyMemory(from: bytes, byteCount: byteCount) }

  /// Becomes the state that was saved at `place`.
  func restore(from place: UnsafeRawPointer) { bytes.copyMemory(from: place, byteCount: byteLimit) }

  /// Becomes like another state.
  func become(_ other: ModelState) { restore(from: other.bytes) }

  /// A state of its own.
  func copy() -> ModelState {
    let copy = ModelState(
      threadCount: threadCount, wordCount: wordCount, dataWordCount: dataWordCount, noteCount: noteCount)
    copy.sharedWords = sharedWords
    copy.loadedWords = loadedWords
    copy.watchers = watchers
    copy.become(self)
    return copy
  }
}
