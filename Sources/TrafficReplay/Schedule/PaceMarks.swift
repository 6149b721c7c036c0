/// The marks of one pass's packets, on the scale that the pace goes by: see `Schedule`.
struct PaceMarks {
  private let pace: Pace
  private var packetCount: UInt64 = 0
  private var byteCount: UInt64 = 0
  private var timeline = CaptureTimeline()

  init(_ pace: Pace) { self.pace = pace }

  mutating func beginCapture() { timeline.beginCapture() }

  /// The next packet's mark; nil where that is its number, or nobody asks for it.
  mutating func next(byteCount: Int, timestamp: Int64) -> UInt64? {
    defer {
      packetCount += 1
      self.byteCount += UInt64(byteCount)
    }
    return switch pace {
    case .topSpeed, .packets: nil
    case .megabits: self.byteCount
    case .timed: timeline.time(of: timestamp)
    }
  }

  /// How much the pass takes: where the next one begins.
  var extent: PassExtent {
    let mark =
      switch pace {
      case .topSpeed, .packets: packetCount
      case .megabits: byteCount
      case .timed: timeline.end
      }
    return PassExtent(packetCount: packetCount, mark: UInt128(mark))
  }
}

/// What passes over the captures take: their packets, and how far the marks go on.
struct PassExtent: Sendable {
  var packetCount: UInt64
  var mark: UInt128

  static let zero = PassExtent(packetCount: 0, mark: 0)

  static func += (left: inout PassExtent, right: PassExtent) {
    left.packetCount += right.packetCount
    left.mark += right.mark
  }
}
