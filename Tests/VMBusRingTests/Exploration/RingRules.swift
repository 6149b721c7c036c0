import VMBusRing

/// What every run of a ring must keep to, whatever the way to write it.
struct RingRules: RunRules {
  /// A message, by who writes it and as its how many-th.
  struct Message: Equatable, Sendable {
    let writer: Int
    let number: Int

    /// What its packet tells.
    var transactionID: UInt64 { UInt64(truncatingIfNeeded: writer << 8 | number + 1) }
  }

  let writerCount: Int
  let messagesPerWriter: Int
  let messageByteCount: UInt32
  let dataByteCount: UInt32
  /// Where claims are made; nil where the only writer needs none.
  let reserved: Int?
  let writeIndex: Int

  /// Messages in the order in which room was claimed for them, without those that were received.
  private var claims: [Message] = []
  private var claimedCounts: [Int]
  private var received = 0
  /// How many of `claims` are published, and where the index stands.
  private var published = 0
  private var index: UInt32

  init(
    writerCount: Int, messagesPerWriter: Int, messageByteCount: UInt32, dataByteCount: UInt32, start: UInt32,
    reserved: Int?, writeIndex: Int
  ) {
    self.writerCount = writerCount
    self.messagesPerWriter = messagesPerWriter
    self.messageByteCount = messageByteCount
    self.dataByteCount = dataByteCount
    self.reserved = reserved
    self.writeIndex = writeIndex
    index = start
    claimedCounts = Array(repeating: 0, count: writerCount)
    if reserved == nil { claims = (0..<messagesPerWriter).map { Message(writer: 0, number: $0) } }
  }

  mutating func judge(_ operation: ModelOperation, answer: UInt64, by thread: Int) throws(ModelFlaw) {
    switch operation {
    case .exchange(reserved, let expected, _, _, _) where answer == expected:
      claims.append(Message(writer: thread, number: claimedCounts[thread]))
      claimedCounts[thread] += 1
    case .store(writeIndex, let value, _): try publish(UInt32(value))
    case .note(let transactionID): try receive(transactionID)
    default: break
    }
  }

  /// The index goes on by whole messages, in the order of the claims, and never back.
  private mutating func publish(_ value: UInt32) throws(ModelFlaw) {
    repeat {
      guard published < claims.count else {
        throw ModelFlaw("the write index goes back, or to where no claimed message ends")
      }
      published += 1
      index = (index + messageByteCount) % dataByteCount
    } while index != value
    guard UInt32(published) * messageByteCount < dataByteCount else {
      throw ModelFlaw("the write index passes the read index")
    }
  }

  /// Messages come in the order of the claims, so none is lost, doubled or overtaken.
  private mutating func receive(_ transactionID: UInt64) throws(ModelFlaw) {
    guard published > 0, claims[0].transactionID == transactionID else {
      throw ModelFlaw("the reader gets message \(transactionID) instead of the next one of \(claims)")
    }
    claims.removeFirst()
    published -= 1
    received += 1
  }

  func judgeEnd(waiting: [Int]) throws(ModelFlaw) {
    if let writer = waiting.first, writer < writerCount { throw ModelFlaw("writer \(writer) waits for ever") }
    guard received == writerCount * messagesPerWriter else {
      throw ModelFlaw("the reader sleeps and has got \(received) messages")
    }
  }

  /// All runs come to the same.
  var outcome: [UInt64] { [] }

  func append(to key: inout [UInt64]) {
    key.append(UInt64(truncatingIfNeeded: received << 8 | published))
    for claim in claims { key.append(claim.transactionID) }
  }
}
