internal import SharedMemory
internal import WireFormats

/// Where a frame lies in a larger run of bytes.
public struct FrameRange: Equatable, Sendable, BitwiseCopyable {
  /// The frame's first byte, from the run's first.
  public var byteOffset: UInt32
  /// How many bytes it has.
  public var byteCount: UInt32

  /// A frame of `byteCount` bytes at `byteOffset`.
  public init(byteOffset: UInt32, byteCount: UInt32) {
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }

  /// The same as a range of bytes.
  @inline(__always)
  var bytes: Range<Int> { Int(byteOffset)..<Int(byteOffset) + Int(byteCount) }
}

extension Sender {
  /// Offers frames that lie in one run of bytes, in their order, and copies them. Returns how many were dealt with: taken,
  /// or refused for their size, which is counted. The one behind them would block, as in `send`.
  ///
  /// Traps on a frame that does not lie in `bytes`. Throws only where a burst had to be published and the queue turned
  /// out to be unusable.
  public mutating func send(_ frames: Span<FrameRange>, in bytes: RawSpan) throws(SenderError) -> Int {
    settle()
    var index = 0
    while index < frames.count {
      let byteCount = Int(frames[index].byteCount)
      guard refuse(byteCount, PacketOffload()) == nil else {
        index += 1
        continue
      }
      if !makePlace(for: byteCount, PacketOffload()) {
        guard burst.freeCount == 0 else { break }
        try flush()
        guard makePlace(for: byteCount, PacketOffload()) else { break }
      }
      index = fill(with: frames, from: index, in: bytes)
    }
    return index
  }

  /// Adds frames to the message that has a place for the first one, as long as they fit. Returns the first that does not.
  @inline(__always)
  private mutating func fill(with frames: Span<FrameRange>, from first: Int, in bytes: RawSpan) -> Int {
    if !message.isOpen { _ = sections.take() }
    // A copy of our own stays in registers.
    var message = message
    let (share, limits, maximum) = (sections.bytes, messageLimits, maximumFrameByteCount)
    let plain = PacketOffload()
    var index = first
    repeat {
      let frame = frames[index]
      share.write(bytes.extracting(frame.bytes), at: message.framePlace(behind: plain))
      message.append(frameByteCount: frame.byteCount, plain, in: share, within: limits)
      index += 1
      guard index < frames.count else { break }
      let byteCount = Int(frames[index].byteCount)
      guard byteCount >= Self.minimumFrameByteCount, byteCount <= maximum,
        message.hasRoom(for: byteCount, plain, within: limits)
      else { break }
    } while true
    self.message = message
    return index
  }
}
