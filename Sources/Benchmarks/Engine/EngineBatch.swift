internal import NetVSC
internal import SharedMemory

/// The senders of a device, one for each of its queues.
typealias EngineSenders = InlineArray<64, Sender?>

/// Frames that lie side by side and are sent again and again, so that they are where a stack has just written them: in
/// the cache.
struct EngineBatch: ~Copyable {
  /// No frame of a known kind: nobody takes it for something that it could do more for.
  private static let frameStart: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5]

  private let frames: [FrameRange]
  private let plainBytes: PrivateBytes
  private let lentBytes: FrameMemory
  /// Two of each frame, in two memories.
  private let parts: [FramePart]

  init(_ engineCase: EngineCase, in device: Device) throws(DeviceError) {
    let (count, byteCount) = (engineCase.batchCount, engineCase.frameByteCount)
    let frames = (0..<count).map {
      FrameRange(byteOffset: UInt32($0 * byteCount), byteCount: UInt32(byteCount))
    }
    let frame = (0..<byteCount).map { $0 < Self.frameStart.count ? Self.frameStart[$0] : UInt8(truncatingIfNeeded: $0) }
    let first = try device.allocate(byteCount: count * byteCount)
    let second = try device.allocate(byteCount: count * byteCount)
    self.frames = frames
    plainBytes = PrivateBytes(copying: (0..<count).flatMap { _ in frame })
    lentBytes = first
    parts = frames.flatMap { frame in
      let half = frame.byteCount / 2
      return [
        FramePart(FrameRange(byteOffset: frame.byteOffset, byteCount: half), of: first),
        FramePart(FrameRange(byteOffset: frame.byteOffset + half, byteCount: frame.byteCount - half), of: second),
      ]
    }
    for memory in [first, second] { memory.write(plainBytes.span(plainBytes.byteCount), at: 0) }
  }

  /// Sends the batch so often, through one queue after the other.
  ///
  /// Never inlined, so that whoever counts instructions finds it.
  @inline(never)
  func send(
    _ way: EngineWay, times count: Int, through senders: inout EngineSenders, queueCount: Int
  ) throws(SenderError) {
    var queue = 0
    for _ in 0..<count {
      switch way {
      case .copy: try senders[queue]?.send(frames.span, in: plainBytes)
      case .direct, .directSlot: try senders[queue]?.lend(frames.span, of: lentBytes)
      case .directParts: try senders[queue]?.submitAll(parts.span)
      case .plain: try senders[queue]?.sendSingly(frames.span, in: plainBytes)
      }
      queue += 1
      if queue == queueCount { queue = 0 }
    }
  }
}

// What a stack that runs to completion does with a batch: send, flush, let the host work, poll.
extension Sender {
  fileprivate mutating func send(_ frames: Span<FrameRange>, in bytes: borrowing PrivateBytes) throws(SenderError) {
    var sent = 0
    while sent < frames.count {
      sent += try send(frames.extracting(sent..<frames.count), in: bytes.span(bytes.byteCount))
      try turn()
    }
  }

  fileprivate mutating func lend(_ frames: Span<FrameRange>, of memory: FrameMemory) throws(SenderError) {
    var sent = 0
    while sent < frames.count {
      sent += try send(frames.extracting(sent..<frames.count), of: memory)
      try turn()
    }
  }

  /// Submits frames of two parts each.
  fileprivate mutating func submitAll(_ parts: Span<FramePart>) throws(SenderError) {
    var first = 0
    while first < parts.count {
      let outcome = try submit(parts.extracting(first..<first + 2), cookie: 0)
      if outcome == .taken { first += 2 } else { try turn() }
    }
    try turn()
  }

  fileprivate mutating func sendSingly(_ frames: Span<FrameRange>, in bytes: borrowing PrivateBytes)
    throws(SenderError)
  {
    for index in frames.indices {
      while try send(bytes.span(frames[index].bytes)) == .wouldBlock { try turn() }
      try flush()
    }
    try turn()
  }

  private mutating func turn() throws(SenderError) {
    try flush()
    try wait(timeout: 0)
    try poll()
  }
}
