/// What each side of a socket takes from the other at most. All of it bounds what a hostile peer can make this process
/// hold.
enum SocketLimits {
  /// Of one message, in bytes.
  static let messageByteCount = 1024
  /// Of a reason, in bytes of UTF-8; longer ones are cut.
  static let textByteCount = 400
  /// Of a device.
  static let channelCount = 64
  /// Memory files that a guest has in its device's reach.
  static let memoryCount = 1024
  /// The same for one of so many guests: each memory keeps a descriptor open, and a quarter of them is for all else.
  static func memoryCount(ofOneIn guestCount: Int) -> Int {
    min(memoryCount, SocketCalls.descriptorLimit / 4 * 3 / guestCount)
  }
  /// Pages of all of these together: 16 GiB.
  static let pageCount: UInt64 = 1 << 22
  /// Page lists that a guest has described.
  static let gpadlCount = 1024
  /// Pages of one ring, its control page included: 64 MiB.
  static let ringPageCount = 1 << 14
  /// How long sending a message may take, and how long the first one is waited for, in nanoseconds.
  static let patience: UInt64 = 1_000_000_000
  /// How long a guest waits for an answer, in nanoseconds: a host that closes a channel lets its sink finish.
  static let answerTimeout: UInt64 = 5_000_000_000
}
