internal import SharedMemory

/// What a sender's messages are waiting for: one entry a message, found again by the transaction id of its completion.
///
/// An id is a slot's number plus one, the number of the queue's sender whose table it is, and the slot's generation:
/// ```
///   63              32 31         20 19               0
///   [  generation    ][   sender    ][   slot + 1     ]
/// ```
/// So it is never 0 (hosts do not answer that), never an address, and an id that comes a second time, or was made up,
/// names nothing.
struct InFlightTable: ~Copyable {
  /// What one message carries.
  struct Message: BitwiseCopyable {
    fileprivate enum State: BitwiseCopyable {
      case free
      /// Not yet shown to the host: no completion is for it, whatever its id says.
      case entered
      case published
      /// Its sender gave up: its completion frees what it holds, and accounts for nothing.
      case abandoned
    }

    /// The section it begins in; `SendRNDISPacket.noSection` for one that lies in page ranges only.
    fileprivate(set) var section: UInt32
    fileprivate(set) var packetCount: UInt32
    fileprivate(set) var byteCount: UInt32
    fileprivate var generation: UInt32
    fileprivate var state: State
    /// Whether it has page ranges, and so a `DirectMessage` beside this.
    fileprivate(set) var isDirect = false
    /// When it was published, by the sender's clock.
    fileprivate(set) var publishedAt: UInt64

    /// Whether its sender gave up.
    var isAbandoned: Bool { state == .abandoned }
  }

  private static let slotBits: UInt32 = 20
  /// How many messages a table holds at most.
  static let capacityLimit = (1 << slotBits) - 1
  /// How many senders of a queue can be told apart.
  static let senderLimit = 1 << 12

  /// What an id's lower half is above the slot's number: the sender's number, and the one that is added.
  private let firstID: UInt32
  private var messages: PrivateList<Message>
  /// In the same places. What most messages have no use for lies apart, so that they stay small.
  private var directMessages: PrivateList<DirectMessage>
  private var free: PrivateList<UInt32>
  private var abandonedCount = 0

  /// A table for at most `capacity` messages of the queue's sender of that number.
  init(capacity: Int, sender: Int = 0) {
    precondition((1...Self.capacityLimit).contains(capacity) && (0..<Self.senderLimit).contains(sender))
    firstID = (UInt32(sender) << Self.slotBits) + 1
    messages = PrivateList(capacity: capacity)
    directMessages = PrivateList(capacity: capacity)
    free = PrivateList(capacity: capacity)
    for slot in (0..<UInt32(capacity)).reversed() {
      messages.append(
        Message(section: 0, packetCount: 0, byteCount: 0, generation: 1, state: .free, publishedAt: 0))
      directMessages.append(DirectMessage())
      free.append(slot)
    }
  }

  /// The number of the sender whose message a completion names, if it names any.
  @inline(__always)
  static func sender(of transactionID: UInt64) -> Int {
    Int(UInt32(truncatingIfNeeded: transactionID) >> slotBits)
  }

  /// The slot that an id names; beyond all that there are where it names none, or is another sender's.
  @inline(__always)
  private func slot(of transactionID: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: transactionID) &- firstID) }

  @inline(__always)
  private func transactionID(ofSlot slot: UInt32, _ generation: UInt32) -> UInt64 {
    UInt64(generation) << 32 | UInt64(firstID + slot)
  }

  /// How many messages are in flight, those that were given up left out.
  var count: Int { messages.count - free.count - abandonedCount }

  /// How many of them the host has to complete: the others wait to be published.
  private(set) var publishedCount = 0

  /// Enters a message before it is published, and returns its transaction id.
  @inline(__always)
  mutating func enter(section: UInt32, packetCount: UInt32, byteCount: UInt32) -> UInt64 {
    let slot = free.removeLast()
    let generation = messages[Int(slot)].generation
    messages[Int(slot)] = Message(
      section: section, packetCount: packetCount, byteCount: byteCount, generation: generation, state: .entered,
      publishedAt: 0)
    return self.transactionID(ofSlot: slot, generation)
  }

  /// Enters a message with page ranges.
  @inline(__always)
  mutating func enter(section: UInt32, packetCount: UInt32, byteCount: UInt32, _ direct: DirectMessage) -> UInt64 {
    let transactionID = enter(section: section, packetCount: packetCount, byteCount: byteCount)
    let slot = slot(of: transactionID)
    messages[slot].isDirect = true
    directMessages[slot] = direct
    return transactionID
  }

  /// What a message with page ranges holds, when it was just taken out, or given up.
  @inline(__always)
  func directMessage(of transactionID: UInt64) -> DirectMessage {
    directMessages[slot(of: transactionID)]
  }

  /// Notes when a message that was entered is published. Returns what it carries.
  @inline(__always)
  mutating func stamp(_ transactionID: UInt64, at time: UInt64) -> (packetCount: UInt32, byteCount: UInt32) {
    let slot = slot(of: transactionID)
    messages[slot].publishedAt = time
    messages[slot].state = .published
    publishedCount += 1
    return (messages[slot].packetCount, messages[slot].byteCount)
  }

  /// Takes the message that a completion names out of the table; nil where the id names nothing in flight.
  @inline(__always)
  mutating func remove(_ transactionID: UInt64) -> Message? {
    let slot = slot(of: transactionID)
    guard slot < messages.count, messages[slot].state == .published || messages[slot].state == .abandoned,
      messages[slot].generation == UInt32(truncatingIfNeeded: transactionID >> 32)
    else { return nil }
    return free(slot)
  }

  /// Takes a message out that was entered and not published.
  mutating func withdraw(_ transactionID: UInt64) -> Message {
    let slot = slot(of: transactionID)
    precondition(messages[slot].state == .entered, "what is withdrawn was never published")
    return free(slot)
  }

  @inline(__always)
  private mutating func free(_ slot: Int) -> Message {
    let message = messages[slot]
    if message.state == .published { publishedCount -= 1 }
    messages[slot].state = .free
    messages[slot].generation &+= 1
    free.append(UInt32(slot))
    if message.state == .abandoned { abandonedCount -= 1 }
    return message
  }

  /// Gives up everything that is published, for an account of what never completed. Slots stay taken, as the host may
  /// still use what they name: a late completion frees them.
  mutating func abandonAll() -> [(message: Message, transactionID: UInt64)] {
    var abandoned: [(message: Message, transactionID: UInt64)] = []
    for slot in 0..<messages.count where messages[slot].state == .published {
      messages[slot].state = .abandoned
      abandoned.append((messages[slot], transactionID(ofSlot: UInt32(slot), messages[slot].generation)))
    }
    abandonedCount += abandoned.count
    publishedCount = 0
    return abandoned
  }
}
