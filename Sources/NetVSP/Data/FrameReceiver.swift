internal import WireFormats

/// What the data path does with frames. A type, so that no frame pays for the choice.
protocol FrameReceiver: Sendable {
  /// Whether frames are looked at, or only counted.
  static var readsFrames: Bool { get }

  /// The frames of one more message follow.
  mutating func messageArrived()

  /// Takes a frame, which `readsFrames` asked for. Throws when it is not delivered.
  mutating func receive(_ frame: RawSpan) throws(SinkError)

  /// The sum of the digests of the frames received, modulo 2^64.
  var digest: UInt64 { get }
}

/// Counts frames only.
struct FrameCounter: FrameReceiver {
  static var readsFrames: Bool { false }
  mutating func messageArrived() {}
  mutating func receive(_ frame: RawSpan) {}
  var digest: UInt64 { 0 }
}

/// Adds up what the frames' bytes are.
struct FrameVerifier: FrameReceiver {
  static var readsFrames: Bool { true }
  private(set) var digest: UInt64 = 0
  mutating func messageArrived() {}
  mutating func receive(_ frame: RawSpan) { digest &+= FrameDigest.hash(frame) }
}

/// Hands frames to a sink of the caller's.
struct FrameForwarder: FrameReceiver {
  static var readsFrames: Bool { true }
  let sink: any FrameSink
  let wallClock: @Sendable () -> Int64
  /// A message's frames arrive together, and share their stamp.
  private var timestamp: Int64 = 0

  init(sink: any FrameSink, wallClock: @escaping @Sendable () -> Int64) {
    self.sink = sink
    self.wallClock = wallClock
  }

  mutating func messageArrived() { timestamp = wallClock() }
  mutating func receive(_ frame: RawSpan) throws(SinkError) { try sink.deliver(frame, timestamp: timestamp) }
  var digest: UInt64 { 0 }
}
