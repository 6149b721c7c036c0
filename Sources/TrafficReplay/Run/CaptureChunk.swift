internal import SharedMemory

/// Where a frame lies in its chunk.
struct FrameEntry {
  var byteOffset: UInt32
  var byteCount: UInt32
  /// The frame's number in one pass over all captures, from 0.
  var ordinal: UInt64
  /// Its part of the `verify` digest; 0 when the sink does not verify.
  var digest: UInt64

  /// Its place in the chunk's bytes.
  var range: Range<Int> { Int(byteOffset)..<Int(byteOffset) + Int(byteCount) }
}

/// A stretch of the captures in memory, dealt out to the lanes that send it. It does not change once it is made.
final class CaptureChunk: Sendable {
  /// Room for the frames of a chunk: enough that handing one over costs nothing beside sending it.
  static let capacity = 4 << 20

  /// Where the frames lie.
  let bytes: SharedBytes
  /// The frames of each lane, in the order of the captures.
  private let lanes: [[FrameEntry]]

  init(bytes: SharedBytes, lanes: [[FrameEntry]]) {
    self.bytes = bytes
    self.lanes = lanes
  }

  /// The memory that the chunk takes.
  var byteCount: Int { bytes.byteCount + lanes.reduce(0) { $0 + $1.count } * MemoryLayout<FrameEntry>.stride }

  /// The frames of one lane.
  func frames(ofLane lane: Int) -> [FrameEntry] { lanes[lane] }
}

/// A chunk in the making.
struct ChunkBuilder: ~Copyable {
  private let bytes: SharedBytes
  private var used = 0
  private var lanes: [[FrameEntry]]

  /// An empty one with room for at least one frame of `byteCount` bytes.
  init(laneCount: Int, forFrameOf byteCount: Int) {
    bytes = SharedBytes(allocating: max(CaptureChunk.capacity, byteCount))
    lanes = Array(repeating: [], count: laneCount)
  }

  /// Whether there are no frames in it.
  var isEmpty: Bool { used == 0 && lanes.allSatisfy(\.isEmpty) }

  /// Whether a frame of that size fits as well.
  func hasRoom(for byteCount: Int) -> Bool { bytes.byteCount - used >= byteCount }

  /// Adds a frame that fits.
  mutating func append(_ frame: RawSpan, lane: Int, ordinal: UInt64, digest: UInt64) {
    bytes.write(frame, at: used)
    lanes[lane].append(
      FrameEntry(
        byteOffset: UInt32(used), byteCount: UInt32(frame.byteCount), ordinal: ordinal, digest: digest))
    // Frames begin at multiples of 16, which copies well.
    used = min((used + frame.byteCount + 15) & ~15, bytes.byteCount)
  }

  /// The chunk that it has become.
  consuming func finish() -> CaptureChunk { CaptureChunk(bytes: bytes, lanes: lanes) }
}
