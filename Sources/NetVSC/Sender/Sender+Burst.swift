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
  public var bytes: Range<Int> { Int(byteOffset)..<Int(byteOffset) + Int(byteCount) }
}

extension Sender {
  /// Offers frames that lie in one run of bytes, in their order, and copies them. Returns how many were dealt with: taken,
  /// or refused for their size, which is counted. The one behind them would block, as in `send`.
  ///
  /// Traps on a frame that does not lie in `bytes`. Throws where the queue cannot be used any more, as `send` does.
  public mutating func send(_ frames: Span<FrameRange>, in bytes: RawSpan) throws(SenderError) -> Int {
    settle()
    var index = 0
    while index < frames.count {
      let byteCount = Int(frames[index].byteCount)
      guard refuse(byteCount, PacketOffload(), beyond: maximumFrameByteCount) == nil else {
        index += 1
        continue
      }
      guard makePlace(for: byteCount, PacketOffload()) else {
        let frame = bytes.extracting(frames[index].bytes)
        guard try copyWithoutPlace(frame, PacketOffload()) == .taken else { break }
        index += 1
        continue
      }
      index = fill(with: frames, from: index, in: bytes)
    }
    return index
  }

  /// Offers frames that lie in memory of the device's, in their order: copies those up to the copy threshold, and lends
  /// the longer ones to the host. Returns how many were dealt with, as the other `send` does.
  ///
  /// This is for bytes that do not change any more, such as those of a capture: no frame is given back by its cookie.
  /// The memory is held as long as the host may read it.
  public mutating func send(_ frames: Span<FrameRange>, of memory: FrameMemory) throws(SenderError) -> Int {
    settle()
    var index = 0
    while index < frames.count {
      var end = index
      while end < frames.count, Int(frames[end].byteCount) <= copyThreshold { end += 1 }
      if end > index {
        let taken = try send(frames.extracting(index..<end), in: memory.span(0..<memory.byteCount))
        index += taken
        guard index == end, index < frames.count else { break }
      }
      let outcome = try lend(frames.extracting(index..<index + 1), of: memory, cookie: nil, PacketOffload())
      guard outcome != .wouldBlock, outcome != .closing else { break }
      index += 1
    }
    return index
  }

  /// Offers one frame that lies in memory of the device's, on the same terms, and asks the host to finish it.
  public mutating func send(
    _ frame: FrameRange, of memory: FrameMemory, offload: FrameOffload
  ) throws(SenderError) -> SendOutcome {
    if Int(frame.byteCount) <= copyThreshold { return try send(memory.span(frame.bytes), offload: offload) }
    settle()
    let parts: InlineArray<1, FrameRange> = [frame]
    return try lend(parts.span, of: memory, cookie: nil, offload.info)
  }

  /// Adds frames to the message that has a place for the first one, as long as they fit. Returns the first that does not.
  @inline(__always)
  private mutating func fill(with frames: Span<FrameRange>, from first: Int, in bytes: RawSpan) -> Int {
    let isNew = !message.isOpen
    let end = min(frames.count, first &+ Int(messageLimits.packetCount &- message.packetCount))
    let count = message.append(
      frames.extracting(first..<end), of: bytes, in: sections.bytes, within: messageLimits,
      carried: carriedFrameByteCounts)
    guard count == 0 else {
      if isNew { _ = sections.take() }
      return first + count
    }
    // There may be no room for what would pad it.
    let frame = bytes.extracting(frames[first].bytes)
    sections.bytes.write(frame, at: message.framePlace(behind: PacketOffload()))
    stage(frameByteCount: frame.byteCount, PacketOffload())
    return first + 1
  }
}
