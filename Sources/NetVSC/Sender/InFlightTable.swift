/// What a queue's messages are waiting for: one entry a message, found again by the transaction id of its completion.
///
/// An id is a slot's number plus one, and the slot's generation above it. So it is never 0 (hosts do not answer that),
/// never an address, and an id that comes a second time, or was made up, names nothing.
struct InFlightTable {
  /// What one message carries.
  struct Message {
    var section: UInt32
    var packetCount: UInt32
    var byteCount: UInt32
    fileprivate var generation: UInt32
    fileprivate var isInFlight: Bool
    /// Whether the host can know of it. Before that no completion is for it, whatever its id says.
    fileprivate var isPublished: Bool
    /// Whether its sender gave up: its completion frees what it holds, and accounts for nothing.
    fileprivate(set) var isAbandoned: Bool
    /// When it was published, by the sender's clock.
    var publishedAt: UInt64
  }

  private var messages: [Message]
  private var free: [UInt32]
  private var abandonedCount = 0

  /// A table for at most `capacity` messages.
  init(capacity: Int) {
    precondition(capacity > 0 && capacity < UInt32.max)
    messages = [Message](
      repeating: Message(
        section: 0, packetCount: 0, byteCount: 0, generation: 1, isInFlight: false, isPublished: false,
        isAbandoned: false,
        publishedAt: 0),
      count: capacity)
    free = (0..<UInt32(capacity)).reversed().map { $0 }
  }

  /// How many messages are in flight, those that were given up left out.
  var count: Int { messages.count - free.count - abandonedCount }

  /// Whether another message can be entered.
  var hasRoom: Bool { !free.isEmpty }

  /// Enters a message before it is published, and returns its transaction id.
  @inline(__always)
  mutating func enter(section: UInt32, packetCount: Int, byteCount: Int) -> UInt64 {
    let slot = Int(free.removeLast())
    messages[slot].section = section
    messages[slot].packetCount = UInt32(packetCount)
    messages[slot].byteCount = UInt32(byteCount)
    messages[slot].isInFlight = true
    return UInt64(messages[slot].generation) << 32 | UInt64(slot + 1)
  }

  /// Notes when a message that was entered is published. Returns what it carries.
  @inline(__always)
  mutating func stamp(_ transactionID: UInt64, at time: UInt64) -> (packetCount: Int, byteCount: Int) {
    let slot = Int(UInt32(truncatingIfNeeded: transactionID)) - 1
    messages[slot].publishedAt = time
    messages[slot].isPublished = true
    return (Int(messages[slot].packetCount), Int(messages[slot].byteCount))
  }

  /// Takes the message that a completion names out of the table; nil where the id names nothing in flight.
  @inline(__always)
  mutating func remove(_ transactionID: UInt64) -> Message? {
    // An id of 0 wraps around to a slot that does not exist.
    let slot = Int(UInt32(truncatingIfNeeded: transactionID) &- 1)
    guard slot < messages.count, messages[slot].isInFlight, messages[slot].isPublished,
      messages[slot].generation == UInt32(truncatingIfNeeded: transactionID >> 32)
    else { return nil }
    return free(slot)
  }

  /// Takes a message out that was entered and not published.
  mutating func withdraw(_ transactionID: UInt64) -> Message {
    let slot = Int(UInt32(truncatingIfNeeded: transactionID)) - 1
    precondition(messages[slot].isInFlight && !messages[slot].isPublished, "what is withdrawn was never published")
    return free(slot)
  }

  @inline(__always)
  private mutating func free(_ slot: Int) -> Message {
    let message = messages[slot]
    messages[slot].isInFlight = false
    messages[slot].isPublished = false
    messages[slot].generation &+= 1
    free.append(UInt32(slot))
    if message.isAbandoned {
      messages[slot].isAbandoned = false
      abandonedCount -= 1
    }
    return message
  }

  /// Gives up everything that is in flight, for an account of what never completed. Slots stay taken, as the host may
  /// still use what they name: a late completion frees them.
  mutating func abandonAll() -> [Message] {
    var abandoned: [Message] = []
    for slot in messages.indices where messages[slot].isInFlight && !messages[slot].isAbandoned {
      messages[slot].isAbandoned = true
      abandoned.append(messages[slot])
    }
    abandonedCount += abandoned.count
    return abandoned
  }
}
