internal import SharedMemory
internal import WireFormats

/// The word that gives a receive packet back to the host, which can reuse its sub-allocations then.
struct Acknowledgement: BitwiseCopyable {
  let transactionID: UInt64
  let status: NVSPStatus
}

/// Frames that the host delivered and nobody has taken yet, the oldest first. Their bytes stay in the receive buffer: the
/// host gets a packet's sub-allocations back when its last frame was taken.
///
/// So completions behind frames are always reached, whether or not somebody takes the frames.
struct HeldFrames: ~Copyable, Sendable {
  struct Frame: BitwiseCopyable {
    /// Where it begins in the receive buffer.
    let byteOffset: UInt32
    let byteCount: UInt32
    let info: ReceiveInfo
    /// The packet that brought it.
    var transactionID: UInt64 = 0
    /// What the packet is acknowledged with, when this is its last frame; nil while others follow.
    var status: NVSPStatus?
  }

  /// More info than any host sends with one frame, in bytes. A frame with more is malformed.
  private static let infoByteCountLimit = 256

  /// Filled around; a power of two long.
  private var frames = PrivateList<Frame>(capacity: 1)
  /// Where the oldest one is, and where the next one goes; both only grow.
  private var taken: UInt64 = 0
  private var put: UInt64 = 0
  /// Where the info of the frame at hand is copied to.
  var info = PrivateBytes(byteCount: infoByteCountLimit)

  var count: Int { Int(put &- taken) }

  private func place(_ position: UInt64) -> Int { Int(position & UInt64(frames.count - 1)) }

  mutating func append(_ frame: Frame) {
    if count == frames.count { grow() }
    frames[place(put)] = frame
    put &+= 1
  }

  /// Twice the room. This is how a list comes to the size that its queue needs, and stays there.
  private mutating func grow() {
    var larger = PrivateList<Frame>(capacity: max(2 * frames.count, 64))
    let held = count
    for position in taken..<put { larger.append(frames[place(position)]) }
    let empty = Frame(byteOffset: 0, byteCount: 0, info: ReceiveInfo())
    while larger.count < max(2 * frames.count, 64) { larger.append(empty) }
    frames = larger
    (taken, put) = (0, UInt64(held))
  }

  /// The frame that was appended last is its packet's last one.
  mutating func endPacket(_ status: NVSPStatus) { frames[place(put &- 1)].status = status }

  /// The oldest frame; there is one.
  var first: Frame { frames[place(taken)] }

  mutating func removeFirst() {
    precondition(count > 0, "a frame is taken from a list that has one")
    taken &+= 1
  }
}
