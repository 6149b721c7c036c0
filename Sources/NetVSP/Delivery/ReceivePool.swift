internal import SharedMemory
internal import WireFormats

/// The sub-allocations of a guest's receive buffer that frames lie in, until the guest acknowledges them.
///
/// The first ones are not among them: they are kept for the answers of the control dialogue. A packet's id is the number of
/// its first sub-allocation, from which the others are found.
struct ReceivePool: ~Copyable {
  private enum Owner {
    static var nobody: Int32 { -1 }
    /// Taken, and not sent.
    static var host: Int32 { -2 }
  }

  /// How many are kept for answers.
  private let replyCount: UInt32
  /// Those that are free.
  private var free: PrivateList<UInt32>
  /// By sub-allocation: the channel whose guest has the packet that begins there.
  private var owners: PrivateList<Int32>
  /// By sub-allocation: the next one of the same packet; itself at the end.
  private var successors: PrivateList<UInt32>

  init(subAllocationCount: UInt32, replyCount: UInt32) {
    self.replyCount = replyCount
    free = PrivateList(capacity: Int(subAllocationCount))
    owners = PrivateList(capacity: Int(subAllocationCount))
    successors = PrivateList(capacity: Int(subAllocationCount))
    for index in 0..<subAllocationCount {
      owners.append(Owner.nobody)
      successors.append(index)
    }
    for index in (replyCount..<subAllocationCount).reversed() { free.append(index) }
  }

  var freeCount: Int { free.count }

  /// Takes one that is free; nil where there is none.
  mutating func take() -> UInt32? {
    guard free.count > 0 else { return nil }
    let index = free.removeLast()
    owners[Int(index)] = Owner.host
    return index
  }

  /// Gives one back that was not sent.
  mutating func give(back index: UInt32) {
    owners[Int(index)] = Owner.nobody
    free.append(index)
  }

  /// These were sent in one packet.
  mutating func note(_ packet: Span<UInt32>, sentOn channel: Int) {
    for position in 0..<packet.count {
      successors[Int(packet[position])] = packet[min(position + 1, packet.count - 1)]
    }
    owners[Int(packet[0])] = Int32(channel)
  }

  /// The guest of a channel is done with a packet. Returns false where it has none with that id.
  mutating func acknowledge(_ transactionID: UInt64, on channel: Int) -> Bool {
    guard transactionID < UInt64(owners.count), owners[Int(transactionID)] == Int32(channel) else { return false }
    release(from: UInt32(transactionID))
    return true
  }

  /// The host has a packet again that was noted for a channel. Returns false where the channel does not have it.
  mutating func reclaim(_ transactionID: UInt64, of channel: Int) -> Bool {
    guard transactionID < UInt64(owners.count), owners[Int(transactionID)] == Int32(channel) else { return false }
    owners[Int(transactionID)] = Owner.host
    return true
  }

  private mutating func release(from first: UInt32) {
    var index = first
    while true {
      let next = successors[Int(index)]
      give(back: index)
      guard next != index else { return }
      index = next
    }
  }

  /// The guest of a channel has nothing any more.
  mutating func releaseAll(of channel: Int) {
    for index in replyCount..<UInt32(owners.count) where owners[Int(index)] == Int32(channel) { release(from: index) }
  }
}
