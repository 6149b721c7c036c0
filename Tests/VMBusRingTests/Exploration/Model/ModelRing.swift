import VMBusRing

/// A ring on a model of memory: what the real ring code runs on when it is explored.
struct ModelRing: RingMemory {
  typealias Control = ModelControlWord
  typealias Shared = ModelWord
  typealias Table = ModelTable

  let port: ModelPort
  let dataByteCount: UInt32
  let writeIndex: ModelControlWord
  let readIndex: ModelControlWord
  let interruptMask: ModelControlWord
  let pendingSendSize: ModelControlWord

  /// The ring code never looks at the features.
  var featureBits: ModelControlWord { preconditionFailure("nobody asks for features") }

  /// An empty ring, whose two indices stand at `start`.
  init(port: ModelPort, dataByteCount: UInt32, start: UInt32) {
    self.port = port
    self.dataByteCount = dataByteCount
    writeIndex = ModelControlWord(word: port.makeWord("write index"))
    readIndex = ModelControlWord(word: port.makeWord("read index"))
    interruptMask = ModelControlWord(word: port.makeWord("mask"))
    pendingSendSize = ModelControlWord(word: port.makeWord("pending size"))
    writeIndex.storeRelaxed(start, .hint)
    readIndex.storeRelaxed(start, .hint)
  }

  func loadWord(at offset: UInt32) -> UInt64 {
    port.perform(.loadData(index: Int(offset % dataByteCount / 8)))
  }

  func storeWord(_ word: UInt64, at offset: UInt32) {
    port.perform(.storeData(index: Int(offset % dataByteCount / 8), value: word))
  }

  func fence(_ edge: OrderingEdge) { port.perform(edge == port.weakened ? .nothing : .fence) }

  func pause() { port.perform(.pause) }

  func makeWriterWords(count: Int) -> (words: [ModelWord], owner: AnyObject & Sendable) {
    ((0..<count).map { port.makeWord("writers' word \($0)") }, port)
  }

  func makeWriterTable(count: Int) -> (table: ModelTable, owner: AnyObject & Sendable) {
    (ModelTable(words: (0..<count).map { port.makeWord("mark \($0)") }), port)
  }
}
