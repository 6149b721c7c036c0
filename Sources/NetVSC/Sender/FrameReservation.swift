internal import SharedMemory
internal import WireFormats

/// Word from a reservation to its sender.
struct CommittedFrame: BitwiseCopyable {
  var byteCount: Int
  static let none = CommittedFrame(byteCount: 0)
}

/// Why no room was given for a frame.
public enum ReservationRefusal: Error, Equatable, Sendable {
  /// There is no free section, or a full burst waits to be published. Flush, poll, or wait, and ask again.
  case wouldBlock
  /// The frame would be longer than the device carries; counted as offered and refused.
  case tooLarge
  /// The frame would be shorter than an Ethernet header; counted as offered and refused.
  case tooShort
}

/// Room for one frame in the send buffer, to be written in place and committed. Dropping it aborts: nothing happened.
public struct FrameReservation: ~Copyable, ~Escapable {
  /// The frame's bytes, from the destination address on. Not zeroed.
  public var bytes: MutableRawSpan
  private let committed: StableReference<CommittedFrame>

  @_lifetime(copy bytes, copy committed)
  init(bytes: consuming MutableRawSpan, committed: StableReference<CommittedFrame>) {
    self.bytes = bytes
    self.committed = committed
  }

  /// Sends the frame's first `byteCount` bytes, by default all. The next flush publishes it.
  public consuming func commit(byteCount: Int? = nil) {
    let byteCount = byteCount ?? bytes.byteCount
    precondition(
      byteCount >= Sender.minimumFrameByteCount && byteCount <= bytes.byteCount,
      "a committed frame lies inside its reservation and holds an Ethernet header")
    committed.value = CommittedFrame(byteCount: byteCount)
  }
}

extension Sender {
  /// Room for a frame of at most `byteCount` bytes, to be written straight into the send buffer.
  ///
  /// One reservation is open at a time: the compiler keeps the sender out of use until it is committed or dropped.
  @_lifetime(&self)
  public mutating func reserve(_ byteCount: Int) throws(ReservationRefusal) -> FrameReservation {
    settle()
    switch refuse(byteCount) {
    case .tooLarge: throw .tooLarge
    case .tooShort: throw .tooShort
    case .taken, .wouldBlock, nil: break
    }
    guard makePlace(for: byteCount) else { throw .wouldBlock }
    return FrameReservation(
      bytes: sections.mutableSpan(at: message.framePlace, byteCount: byteCount),
      committed: committed.reference())
  }

  /// Takes up a frame that was committed since the last call.
  @inline(__always)
  mutating func settle() {
    let byteCount = committed.value.byteCount
    guard byteCount > 0 else { return }
    committed.value = .none
    stage(frameByteCount: byteCount)
  }
}
