public import SharedMemory

/// A word of the control page, with one method per ordering.
@usableFromInline
package protocol ControlWord: Sendable {
  func loadRelaxed(_ edge: OrderingEdge) -> UInt32
  func loadAcquiring(_ edge: OrderingEdge) -> UInt32
  func storeRelaxed(_ value: UInt32, _ edge: OrderingEdge)
  func storeReleasing(_ value: UInt32, _ edge: OrderingEdge)
}

/// A word that the writers of one ring share among themselves.
@usableFromInline
package protocol WriterWord: Sendable {
  func loadRelaxed(_ edge: OrderingEdge) -> UInt64
  func loadAcquiring(_ edge: OrderingEdge) -> UInt64
  func storeRelaxed(_ value: UInt64, _ edge: OrderingEdge)
  func storeReleasing(_ value: UInt64, _ edge: OrderingEdge)
  /// Puts `desired` where `expected` was, and only there, and then releases; else acquires. May fail for no reason, so it
  /// belongs in a loop.
  func exchangeReleasing(expected: UInt64, desired: UInt64, _ edge: OrderingEdge) -> (exchanged: Bool, original: UInt64)
  /// The same, which acquires either way, and fails only where `expected` was not there.
  func exchangeAcquiring(expected: UInt64, desired: UInt64, _ edge: OrderingEdge)
    -> (exchanged: Bool, original: UInt64)
  /// Adds. Returns what was there before.
  func addRelaxed(_ value: UInt64, _ edge: OrderingEdge) -> UInt64
}

/// Words side by side that the writers of one ring share.
@usableFromInline
package protocol WriterTable: Sendable {
  associatedtype Word: WriterWord
  subscript(index: Int) -> Word { get }
}

/// What the ring code runs on: mapped memory, or a model of it that a test explores.
@usableFromInline
package protocol RingMemory: Sendable {
  associatedtype Control: ControlWord
  associatedtype Shared: WriterWord
  associatedtype Table: WriterTable where Table.Word == Shared

  /// The size of the data area: a multiple of 8 here, of 4096 in memory that a host sees.
  var dataByteCount: UInt32 { get }
  var writeIndex: Control { get }
  var readIndex: Control { get }
  var interruptMask: Control { get }
  var pendingSendSize: Control { get }
  var featureBits: Control { get }

  /// Data words, at offsets below twice the data size.
  func loadWord(at offset: UInt32) -> UInt64
  func loadWords<let count: Int>(at offset: UInt32) -> InlineArray<count, UInt64>
  func storeWord(_ word: UInt64, at offset: UInt32)
  /// The words of a packet whose size is known beforehand, from `offset` on, and behind them its trailer.
  func storePacket<let count: Int>(_ words: InlineArray<count, UInt64>, trailer: UInt64, at offset: UInt32)

  func fence(_ edge: OrderingEdge)
  /// Called in a loop that waits for another thread.
  func pause()
  /// Zeroed words for the writers of one ring, and what keeps them.
  func makeWriterWords(count: Int) -> (words: [Shared], owner: AnyObject & Sendable)
  /// Zeroed words side by side, and what keeps them.
  func makeWriterTable(count: Int) -> (table: Table, owner: AnyObject & Sendable)
}

extension RingMemory {
  @inlinable @inline(__always)
  package func loadWords<let count: Int>(at offset: UInt32) -> InlineArray<count, UInt64> {
    InlineArray { loadWord(at: offset &+ UInt32(8 * $0)) }
  }

  @inlinable @inline(__always)
  package func storePacket<let count: Int>(_ words: InlineArray<count, UInt64>, trailer: UInt64, at offset: UInt32) {
    for index in 0..<count { storeWord(words[index], at: offset + UInt32(8 * index)) }
    storeWord(trailer, at: offset + UInt32(8 * count))
  }
}

extension SharedWord: ControlWord {
  @inlinable @inline(__always)
  package func loadRelaxed(_ edge: OrderingEdge) -> UInt32 { loadRelaxed() }
  @inlinable @inline(__always)
  package func loadAcquiring(_ edge: OrderingEdge) -> UInt32 { loadAcquiring() }
  @inlinable @inline(__always)
  package func storeRelaxed(_ value: UInt32, _ edge: OrderingEdge) { storeRelaxed(value) }
  @inlinable @inline(__always)
  package func storeReleasing(_ value: UInt32, _ edge: OrderingEdge) { storeReleasing(value) }
}

extension PrivateWord: WriterWord {
  @inlinable @inline(__always)
  package func loadRelaxed(_ edge: OrderingEdge) -> UInt64 { loadRelaxed() }
  @inlinable @inline(__always)
  package func loadAcquiring(_ edge: OrderingEdge) -> UInt64 { loadAcquiring() }
  @inlinable @inline(__always)
  package func storeRelaxed(_ value: UInt64, _ edge: OrderingEdge) { storeRelaxed(value) }
  @inlinable @inline(__always)
  package func storeReleasing(_ value: UInt64, _ edge: OrderingEdge) { storeReleasing(value) }
  @inlinable @inline(__always)
  package func exchangeReleasing(expected: UInt64, desired: UInt64, _ edge: OrderingEdge)
    -> (exchanged: Bool, original: UInt64)
  {
    exchangeReleasing(expected: expected, desired: desired)
  }
}

extension PrivateWord {
  @inlinable @inline(__always)
  package func exchangeAcquiring(expected: UInt64, desired: UInt64, _ edge: OrderingEdge)
    -> (exchanged: Bool, original: UInt64)
  {
    exchangeAcquiring(expected: expected, desired: desired)
  }
  @inlinable @inline(__always)
  package func addRelaxed(_ value: UInt64, _ edge: OrderingEdge) -> UInt64 { addRelaxed(value) }
}

extension PrivateWordTable: WriterTable {}

extension MappedRing: RingMemory {
  @usableFromInline package typealias Control = SharedWord
  @usableFromInline package typealias Shared = PrivateWord
  @usableFromInline package typealias Table = PrivateWordTable

  @inlinable @inline(__always)
  package func fence(_ edge: OrderingEdge) { fullFence() }

  @usableFromInline
  package func pause() { Processors.pause() }

  @usableFromInline
  package func makeWriterWords(count: Int) -> (words: [PrivateWord], owner: AnyObject & Sendable) {
    let words = PrivateWords(count: count)
    return ((0..<count).map { words[$0] }, words)
  }

  @usableFromInline
  package func makeWriterTable(count: Int) -> (table: PrivateWordTable, owner: AnyObject & Sendable) {
    let words = PrivateWords(tableOf: count)
    return (words.table, words)
  }
}
