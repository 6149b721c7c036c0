/// Where a sender stops, and goes on, by the room in its ring: it stops with less than 10 percent free, and goes on with
/// more than 20, as common guests do.
///
/// Percent are `free * 10 / (size / 10)` in whole numbers, of a size that includes the control page.
package struct FlowMarks: Equatable, Sendable {
  /// Below so many free bytes a sender stops.
  package let stopBelow: UInt32
  /// From so many on it goes on.
  package let wakeFrom: UInt32

  /// For a ring of `ringByteCount` bytes, its control page included.
  package init(ringByteCount: Int) {
    let tenth = UInt32(ringByteCount / 10)
    stopBelow = tenth
    // The first multiple that is 21 percent.
    wakeFrom = (21 * tenth + 9) / 10
  }
}
