internal import NetVSC
internal import SharedMemory

/// The frames of a chunk that one lane sends, in the order of the captures.
struct LaneFrames: Sendable {
  /// Where each frame lies in the chunk's bytes.
  fileprivate(set) var ranges: [FrameRange] = []
  /// Each frame's number in one pass over all captures, from 0.
  fileprivate(set) var ordinals: [UInt64] = []
  /// Each frame's part of the `verify` digest; empty when the sink does not verify.
  fileprivate(set) var digests: [UInt64] = []

  /// How many of the frames have a number below `ordinal`.
  func count(below ordinal: UInt64) -> Int {
    guard let last = ordinals.last, last >= ordinal else { return ordinals.count }
    return ordinals.firstIndex { $0 >= ordinal } ?? ordinals.count
  }

  /// The memory that a frame takes here at most, in bytes.
  static let byteCountPerFrame = MemoryLayout<FrameRange>.stride + 2 * MemoryLayout<UInt64>.stride
}

/// A stretch of the captures in memory, dealt out to the lanes that send it. It does not change once it is made.
final class CaptureChunk: Sendable {
  /// Room for the frames of a chunk: enough that handing one over costs nothing beside sending it.
  static let capacity = 4 << 20

  /// Where the frames lie.
  let bytes: SharedBytes
  private let lanes: [LaneFrames]

  init(bytes: SharedBytes, lanes: [LaneFrames]) {
    self.bytes = bytes
    self.lanes = lanes
  }

  /// The memory that the chunk takes.
  var byteCount: Int {
    bytes.byteCount + lanes.reduce(0) { $0 + $1.ranges.count } * LaneFrames.byteCountPerFrame
  }

  /// The frames of one lane.
  func frames(ofLane lane: Int) -> LaneFrames { lanes[lane] }
}

/// A chunk in the making.
struct ChunkBuilder: ~Copyable {
  private let bytes: SharedBytes
  private var used = 0
  private var lanes: [LaneFrames]

  /// An empty one with room for at least one frame of `byteCount` bytes.
  init(laneCount: Int, forFrameOf byteCount: Int) {
    bytes = SharedBytes(allocating: max(CaptureChunk.capacity, byteCount))
    lanes = Array(repeating: LaneFrames(), count: laneCount)
  }

  /// Whether there are no frames in it.
  var isEmpty: Bool { used == 0 && lanes.allSatisfy(\.ranges.isEmpty) }

  /// Whether a frame of that size fits as well.
  func hasRoom(for byteCount: Int) -> Bool { bytes.byteCount - used >= byteCount }

  /// Adds a frame that fits.
  mutating func append(_ frame: RawSpan, lane: Int, ordinal: UInt64, digest: UInt64?) {
    bytes.write(frame, at: used)
    lanes[lane].ranges.append(FrameRange(byteOffset: UInt32(used), byteCount: UInt32(frame.byteCount)))
    lanes[lane].ordinals.append(ordinal)
    if let digest { lanes[lane].digests.append(digest) }
    // Frames begin at multiples of 16, which copies well.
    used = min((used + frame.byteCount + 15) & ~15, bytes.byteCount)
  }

  /// The chunk that it has become.
  consuming func finish() -> CaptureChunk { CaptureChunk(bytes: bytes, lanes: lanes) }
}
