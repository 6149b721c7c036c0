import VMBusRing

/// What every run of a ring must keep to, whatever the way to write it.
///
/// The first notes are, in the order of `Note`, how many messages were received, how many of the others are published,
/// where the index stands and how many messages are claimed and not received. Behind them come how many each writer has
/// claimed, and those messages in the order in which room was claimed for them.
struct RingRules: RunRules {
  /// A message, by who writes it and as its how many-th.
  struct Message: Equatable, Sendable {
    let writer: Int
    let number: Int

    /// What its packet tells.
    var transactionID: UInt64 { UInt64(truncatingIfNeeded: writer << 8 | number + 1) }
  }

  private enum Note {
    static let received = 0
    static let published = 1
    static let index = 2
    static let claimCount = 3
    static let count = 4
  }

  let writerCount: Int
  let messagesPerWriter: Int
  let messageByteCount: UInt32
  let dataByteCount: UInt32
  /// Where the ring's indices begin.
  let start: UInt32
  /// Where claims are made; nil where the only writer needs none.
  let reserved: Int?
  let writeIndex: Int

  var noteCount: Int { Note.count + writerCount + writerCount * messagesPerWriter }
  private var firstClaim: Int { Note.count &+ writerCount }

  func begin(_ notes: UnsafeMutablePointer<UInt64>) {
    notes[Note.index] = UInt64(start)
    guard reserved == nil else { return }
    for _ in 0..<messagesPerWriter { claim(by: 0, notes) }
  }

  func judge(
    _ operation: ModelOperation, answer: UInt64, by thread: Int, _ notes: UnsafeMutablePointer<UInt64>
  ) throws(ModelFlaw) {
    switch operation {
    case .exchange(let word, let expected, _, _, _):
      if word == reserved, answer == expected { claim(by: thread, notes) }
    case .store(let word, let value, _): if word == writeIndex { try publish(UInt32(value), notes) }
    case .note(let transactionID): try receive(transactionID, notes)
    default: break
    }
  }

  private func claim(by writer: Int, _ notes: UnsafeMutablePointer<UInt64>) {
    let message = Message(writer: writer, number: Int(notes[Note.count + writer]))
    notes[Note.count + writer] += 1
    notes[firstClaim + Int(notes[Note.claimCount])] = message.transactionID
    notes[Note.claimCount] += 1
  }

  /// The index goes on by whole messages, in the order of the claims, and never back.
  private func publish(_ value: UInt32, _ notes: UnsafeMutablePointer<UInt64>) throws(ModelFlaw) {
    repeat {
      guard notes[Note.published] < notes[Note.claimCount] else {
        throw ModelFlaw("the write index goes back, or to where no claimed message ends")
      }
      notes[Note.published] += 1
      notes[Note.index] = (notes[Note.index] + UInt64(messageByteCount)) % UInt64(dataByteCount)
    } while notes[Note.index] != value
    guard UInt32(notes[Note.published]) * messageByteCount < dataByteCount else {
      throw ModelFlaw("the write index passes the read index")
    }
  }

  /// Messages come in the order of the claims, so none is lost, doubled or overtaken.
  private func receive(_ transactionID: UInt64, _ notes: UnsafeMutablePointer<UInt64>) throws(ModelFlaw) {
    guard notes[Note.published] > 0, notes[firstClaim] == transactionID else {
      throw ModelFlaw("the reader gets message \(transactionID) instead of \(notes[firstClaim])")
    }
    notes[Note.claimCount] -= 1
    notes[Note.published] -= 1
    notes[Note.received] += 1
    let claimCount = Int(notes[Note.claimCount])
    (notes + firstClaim).update(from: notes + firstClaim + 1, count: claimCount)
    notes[firstClaim + claimCount] = 0
  }

  func judgeEnd(waiting: [Int], _ notes: UnsafeMutablePointer<UInt64>) throws(ModelFlaw) {
    if let writer = waiting.first, writer < writerCount { throw ModelFlaw("writer \(writer) waits for ever") }
    guard notes[Note.received] == UInt64(writerCount * messagesPerWriter) else {
      throw ModelFlaw("the reader sleeps and has got \(notes[Note.received]) messages")
    }
  }

  /// All runs come to the same.
  func outcome(_ notes: UnsafeMutablePointer<UInt64>) -> [UInt64] { [] }
}
