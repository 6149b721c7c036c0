internal import PacketCapture
internal import SharedMemory
internal import Synchronization

/// Copying each frame of a capture once, on one core, and nothing else: no engine that copies frames is faster.
struct CopyLimit {
  /// Where the copies go: one section of a send buffer after another, few enough that they stay in the cache, as those do
  /// that an engine uses again as soon as they are complete.
  private static let sectionByteCount = 6144
  private static let sectionCount = 8
  private static let copiesPerSection = 8

  private let frames: CapturedFrames
  private let sections: SharedBytes
  private let clock: MonotonicClock

  /// Takes the frames that fit into a section. Throws where the capture cannot be read.
  init(capture path: String, clock: MonotonicClock = .monotonic) throws(CaptureError) {
    self.clock = clock
    frames = try CapturedFrames(capture: path, longest: Self.sectionByteCount)
    sections = SharedBytes(allocating: Self.sectionCount * Self.sectionByteCount)
  }

  /// Copies all frames so often. Returns the frames per second.
  func measure(passes: Int) -> Double {
    let start = clock.now()
    for _ in 0..<passes { copy() }
    return Double(passes * frames.ranges.count) * 1e9 / Double(max(clock.now() - start, 1))
  }

  /// Copies with each of `limits` on a thread of its own, all at once. Returns the frames per second of all together:
  /// what the machine's cores and their common memory allow senders that share nothing.
  static func measure(_ limits: [CopyLimit], passes: Int) throws(SystemError) -> Double {
    let gate = StartGate()
    let sum = Mutex(0.0)
    try runThreads(limits.count, startingAt: gate) { number in
      guard number == 0 ? gate.open(for: limits.count - 1) : gate.pass() else { return }
      let rate = limits[number].measure(passes: passes)
      sum.withLock { $0 += rate }
    }
    return sum.withLock { $0 }
  }

  @inline(never)
  private func copy() {
    var (section, place, copies) = (0, 0, 0)
    for range in frames.ranges {
      if copies == Self.copiesPerSection || place + range.count > Self.sectionByteCount {
        section = (section + 1) % Self.sectionCount
        (place, copies) = (0, 0)
      }
      sections.write(frames.bytes.span(range), at: section * Self.sectionByteCount + place)
      place += range.count
      copies += 1
    }
  }
}
