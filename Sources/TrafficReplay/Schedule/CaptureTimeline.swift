/// The time that captures tell, one after the other, as it is replayed: in nanoseconds from the first packet on, and
/// forward only.
///
/// * A time stamp that repeats, or steps back, gives a packet that leaves together with the one before. Time goes on when
///   the stamps have caught up, so that what is only out of order takes no time from the rest.
/// * A step back of more than a second is a clock that was set: time goes on at once, from the packet before.
/// * A jump ahead is kept, however long.
/// * A capture begins as long after the last packet of the one before as that one's packets are apart on average; so does
///   each further pass.
package struct CaptureTimeline: Sendable {
  /// The longest step back, in nanoseconds, that is waited out.
  package static let longestStepBack: Int128 = 1_000_000_000

  /// When the capture began, and when its latest packet left.
  private var beginning: Int128 = 0
  private var latest: Int128 = 0
  private var packetCount: Int128 = 0
  /// What makes a time of a stamp.
  private var offset: Int128 = 0

  package init() {}

  /// Begins a capture.
  package mutating func beginCapture() {
    beginning = latest + meanGap
    latest = beginning
    packetCount = 0
  }

  /// The time of the capture's next packet.
  package mutating func time(of timestamp: Int64) -> UInt64 {
    let time = Int128(timestamp) + offset
    if packetCount == 0 || time < latest - Self.longestStepBack {
      offset = latest - Int128(timestamp)
    } else {
      latest = max(latest, time)
    }
    packetCount += 1
    return UInt64(clamping: latest)
  }

  /// When a capture would begin that follows.
  package var end: UInt64 { UInt64(clamping: latest + meanGap) }

  private var meanGap: Int128 { packetCount > 1 ? (latest - beginning) / (packetCount - 1) : 0 }
}
