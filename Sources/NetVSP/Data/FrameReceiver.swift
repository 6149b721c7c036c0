internal import WireFormats

/// What the data path does with frames. A type, so that no frame pays for the choice.
protocol FrameReceiver: Sendable {
  /// Whether frames are looked at, or only counted.
  static var readsFrames: Bool { get }

  /// The frames of one more message follow.
  mutating func messageArrived()

  /// Takes a frame that goes on as it was sent, which `readsFrames` asked for. Throws when it is not delivered.
  mutating func receive(_ frame: RawSpan) throws(SinkError)

  /// A frame was sent that the host has work on. What it makes of it follows; the payload, in bytes from the frame's
  /// first, is the part that no work changes.
  mutating func beginWork(on frame: RawSpan, payload: Range<Int>)

  /// Takes a frame that was made, with its piece of the payload. Throws when it is not delivered.
  mutating func receiveMade(_ frame: RawSpan, payload: Range<Int>) throws(SinkError)

  /// All that was made was taken. Throws when that cannot be all.
  mutating func endWork() throws(SinkError)

  /// There are no more messages for now. Throws when frames that were taken are not delivered after all.
  mutating func flush() throws(SinkError)

  /// The sum of the digests of the frames received, modulo 2^64.
  var digest: UInt64 { get }

  /// What a fault made away with of the frames that were taken.
  var lost: FrameCount { get }
}

/// Counts frames only.
struct FrameCounter: FrameReceiver {
  static var readsFrames: Bool { false }
  mutating func messageArrived() {}
  mutating func receive(_ frame: RawSpan) {}
  mutating func beginWork(on frame: RawSpan, payload: Range<Int>) {}
  mutating func receiveMade(_ frame: RawSpan, payload: Range<Int>) {}
  mutating func endWork() {}
  mutating func flush() {}
  var digest: UInt64 { 0 }
  var lost: FrameCount { FrameCount() }
}

/// Adds up what the frames' bytes are, as they were sent, and sees to it that work leaves every payload whole.
struct FrameVerifier: FrameReceiver {
  static var readsFrames: Bool { true }
  private(set) var digest: UInt64 = 0
  var lost: FrameCount { FrameCount() }
  private var sentPayload: UInt64 = 0
  private var madePayload = FrameDigest()

  mutating func messageArrived() {}
  mutating func receive(_ frame: RawSpan) { digest &+= FrameDigest.hash(frame) }

  mutating func beginWork(on frame: RawSpan, payload: Range<Int>) {
    digest &+= FrameDigest.hash(frame)
    sentPayload = FrameDigest.hash(frame.extracting(payload))
    madePayload = FrameDigest()
  }

  mutating func receiveMade(_ frame: RawSpan, payload: Range<Int>) { madePayload.update(frame.extracting(payload)) }

  mutating func endWork() throws(SinkError) {
    guard madePayload.finish() == sentPayload else {
      throw SinkError("the payload of what was made of a frame is not that of the frame")
    }
  }

  mutating func flush() {}
}

/// Hands frames to a sink of the caller's.
struct FrameForwarder: FrameReceiver {
  static var readsFrames: Bool { true }
  let sink: any FrameSink
  let wallClock: @Sendable () -> Int64
  /// A message's frames arrive together, and share their stamp.
  private var timestamp: Int64 = 0
  private var loss: LossDice?
  private(set) var lost = FrameCount()

  init(sink: any FrameSink, loss: FrameLoss? = nil, wallClock: @escaping @Sendable () -> Int64) {
    self.sink = sink
    self.loss = loss.map(LossDice.init)
    self.wallClock = wallClock
  }

  mutating func messageArrived() { timestamp = wallClock() }
  mutating func receive(_ frame: RawSpan) throws(SinkError) {
    guard loss?.strikes() != true else { return lost.add(UInt32(frame.byteCount)) }
    try sink.deliver(frame, timestamp: timestamp)
  }
  mutating func beginWork(on frame: RawSpan, payload: Range<Int>) {}
  mutating func receiveMade(_ frame: RawSpan, payload: Range<Int>) throws(SinkError) { try receive(frame) }
  mutating func endWork() {}
  mutating func flush() throws(SinkError) { try sink.flush() }
  var digest: UInt64 { 0 }
}
