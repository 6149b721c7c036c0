internal import SharedMemory
internal import WireFormats

/// RNDIS control messages that wait to be answered, copied out of guest memory whole, in order.
struct RequestBacklog: ~Copyable {
  /// A guest that sends so much more than it takes answers for is refused.
  private static var byteCountLimit: Int { 100 * 1024 }

  /// Messages lie one behind the other, from `start` on.
  private var bytes = PrivateBytes(byteCount: Self.byteCountLimit)
  private var start = 0
  private var byteCounts: [Int] = []
  private var waitingByteCount = 0

  init() {}

  /// The bytes of the longest message that can be taken in.
  var room: Int { Self.byteCountLimit - waitingByteCount }
  var isEmpty: Bool { byteCounts.isEmpty }

  /// Takes in a message of at most `room` bytes.
  mutating func append(_ message: borrowing PrivateBytes) {
    precondition(message.byteCount <= room, "a message fits the backlog")
    if start + waitingByteCount + message.byteCount > Self.byteCountLimit { moveToFront() }
    bytes.write(message.span(message.byteCount), at: start + waitingByteCount)
    byteCounts.append(message.byteCount)
    waitingByteCount += message.byteCount
  }

  private mutating func moveToFront() {
    let waiting = start..<start + waitingByteCount
    start = 0
    var all = bytes.mutableSpan(bytes.byteCount)
    for (target, source) in waiting.enumerated() {
      all.storeLittleEndian(all.bytes.loadLittleEndian(at: source, as: UInt8.self), at: target)
    }
  }

  /// Takes the oldest message out: copies it to `message`, which is made as large as it takes. Returns its byte count.
  mutating func removeFirst(into message: inout PrivateBytes) -> Int {
    let byteCount = byteCounts.removeFirst()
    if byteCount > message.byteCount { message = PrivateBytes(byteCount: byteCount) }
    message.write(bytes.span(start..<start + byteCount), at: 0)
    start += byteCount
    waitingByteCount -= byteCount
    if waitingByteCount == 0 { start = 0 }
    return byteCount
  }
}
