internal import NetVSC
internal import SharedMemory
internal import WireFormats

/// The frames of a chunk that one lane sends, in the order of the captures.
struct LaneFrames: Sendable {
  /// Where each frame lies in the chunk's bytes.
  fileprivate(set) var ranges: [FrameRange] = []
  /// Each frame's number in one pass over all captures, from 0.
  fileprivate(set) var ordinals: [UInt64] = []
  /// Each frame's mark in one pass; empty when that is its number. See `Schedule`.
  fileprivate(set) var marks: [UInt64] = []
  /// Each frame's part of the `verify` digest; empty when the sink does not verify.
  fileprivate(set) var digests: [UInt64] = []
  /// What the host is asked to do, for those frames that are not sent as they are, in their order.
  fileprivate(set) var offloads: [(index: Int, offload: FrameOffload)] = []

  /// How many of the frames have a number below `ordinal`.
  func count(below ordinal: UInt64) -> Int {
    guard let last = ordinals.last, last >= ordinal else { return ordinals.count }
    return ordinals.firstIndex { $0 >= ordinal } ?? ordinals.count
  }

  /// The mark of one of the frames.
  func mark(of index: Int) -> UInt64 { marks.isEmpty ? ordinals[index] : marks[index] }

  /// Forgets the frames, and keeps the room for as many.
  mutating func removeAll() {
    ranges.removeAll(keepingCapacity: true)
    ordinals.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
    offloads.removeAll(keepingCapacity: true)
  }

  /// The memory that a frame takes here at most, in bytes.
  static let byteCountPerFrame = MemoryLayout<FrameRange>.stride + 3 * MemoryLayout<UInt64>.stride
}

/// Where a chunk's frames lie.
enum ChunkMemory: Sendable {
  /// In memory of this process, to be copied.
  case own(SharedBytes)
  /// In memory that the device can reach.
  case device(FrameMemory)

  /// Its size in bytes.
  var byteCount: Int {
    switch self {
    case .own(let bytes): bytes.byteCount
    case .device(let memory): memory.byteCount
    }
  }

  /// Whether no frame in flight holds it. Asked by its only owner.
  mutating func isFree() -> Bool {
    switch consume self {
    case .own(let bytes):
      self = .own(bytes)
      return true
    case .device(var memory):
      let isFree = isKnownUniquelyReferenced(&memory)
      self = .device(memory)
      return isFree
    }
  }

  /// Copies a frame in at `offset`, and makes of it what is sent. Returns the digest of that, if it is wanted.
  fileprivate func write(_ frame: RawSpan, at offset: Int, _ treatment: FrameTreatment, digests: Bool) -> UInt64? {
    let range = offset..<offset + frame.byteCount
    switch self {
    case .own(let bytes):
      bytes.write(frame, at: offset)
      guard treatment.offload != nil else { break }
      var copy = bytes.mutableSpan(range)
      return Self.finish(&copy, treatment, digests: digests)
    case .device(let memory):
      memory.write(frame, at: offset)
      guard treatment.offload != nil else { break }
      var copy = memory.mutableSpan(range)
      return Self.finish(&copy, treatment, digests: digests)
    }
    return digests ? FrameDigest.hash(frame) : nil
  }

  private static func finish(_ copy: inout MutableRawSpan, _ treatment: FrameTreatment, digests: Bool) -> UInt64? {
    treatment.apply(to: &copy)
    return digests ? FrameDigest.hash(copy.bytes.extracting(treatment.frameOffset..<copy.byteCount)) : nil
  }
}

/// A stretch of the captures in memory, dealt out to the lanes that send it. It does not change once it is made.
final class CaptureChunk: Sendable {
  /// Room for the frames of a chunk: enough that handing one over costs little beside sending it, and little enough that
  /// it is still in the processor's cache when it is sent.
  static func capacity(laneCount: Int) -> Int { max(512 << 10, laneCount * leastCapacity) }
  /// Room that is begun with anew when a chunk was handed over before it was full.
  static let leastCapacity = 64 << 10

  private let parts: ChunkParts
  private let pool: ChunkPool

  init(_ parts: ChunkParts, of pool: ChunkPool) {
    self.parts = parts
    self.pool = pool
  }

  deinit { pool.giveBack(parts) }

  /// Where the frames lie.
  var memory: ChunkMemory { parts.memory }

  /// The memory that the chunk takes.
  var byteCount: Int {
    memory.byteCount + parts.lanes.reduce(0) { $0 + $1.ranges.count } * LaneFrames.byteCountPerFrame
  }

  /// The frames of one lane.
  func frames(ofLane lane: Int) -> LaneFrames { parts.lanes[lane] }
}

/// A chunk in the making.
///
/// Each lane's frames lie together, in a part of the memory of their own: what a processor fetches ahead is its own then.
struct ChunkBuilder: ~Copyable {
  private var parts: ChunkParts
  private let pool: ChunkPool
  /// The size of each lane's part of the memory, and how much of it is used.
  private let partByteCount: Int
  private var used: [Int]

  /// An empty one with room for at least one frame of `byteCount` bytes in each of its lanes.
  init(capacity: Int, laneCount: Int, forFrameOf byteCount: Int, from pool: ChunkPool) throws(DeviceError) {
    partByteCount = Self.roundedUp(max(capacity / laneCount, byteCount))
    used = Array(repeating: 0, count: laneCount)
    parts = try pool.take(byteCount: laneCount * partByteCount)
    self.pool = pool
  }

  /// Whether a frame of that size fits into a lane's part as well.
  func hasRoom(for byteCount: Int, lane: Int) -> Bool { partByteCount - used[lane] >= Self.roundedUp(byteCount) }

  /// Frames begin at multiples of 16, which copies well. An empty one takes room as well, so that there is an end to them.
  private static func roundedUp(_ byteCount: Int) -> Int { (max(byteCount, 1) + 15) & ~15 }

  /// Adds a frame that fits.
  mutating func append(
    _ frame: RawSpan, _ treatment: FrameTreatment, lane: Int, ordinal: UInt64, mark: UInt64?, digests: Bool
  ) {
    let place = lane * partByteCount + used[lane]
    if let digest = parts.memory.write(frame, at: place, treatment, digests: digests) {
      parts.lanes[lane].digests.append(digest)
    }
    if let offload = treatment.offload { parts.lanes[lane].offloads.append((parts.lanes[lane].ranges.count, offload)) }
    parts.lanes[lane].ranges.append(
      FrameRange(
        byteOffset: UInt32(place + treatment.frameOffset), byteCount: UInt32(treatment.byteCount(of: frame))))
    parts.lanes[lane].ordinals.append(ordinal)
    if let mark { parts.lanes[lane].marks.append(mark) }
    used[lane] += Self.roundedUp(frame.byteCount)
  }

  /// The chunk that it has become: nothing is added from now on.
  func finish() -> CaptureChunk { CaptureChunk(parts, of: pool) }
}
