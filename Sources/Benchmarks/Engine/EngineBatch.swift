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

  init(_ engineCase: EngineCase, in device: Device) throws(DeviceError) {
    let (count, byteCount) = (engineCase.batchCount, engineCase.frameByteCount)
    frames = (0..<count).map {
      FrameRange(byteOffset: UInt32($0 * byteCount), byteCount: UInt32(byteCount))
    }
    let frame = (0..<byteCount).map { $0 < Self.frameStart.count ? Self.frameStart[$0] : UInt8(truncatingIfNeeded: $0) }
    plainBytes = PrivateBytes(copying: (0..<count).flatMap { _ in frame })
    lentBytes = try device.allocate(byteCount: plainBytes.byteCount)
    lentBytes.write(plainBytes.span(plainBytes.byteCount), at: 0)
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
