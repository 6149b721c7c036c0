internal import SharedMemory
internal import WireFormats

/// Word from a reservation to its sender.
struct CommittedFrame: BitwiseCopyable {
  var byteCount: Int
  var offload = PacketOffload()
  static let none = CommittedFrame(byteCount: 0)
}

/// Why no room was given for a frame.
public enum ReservationRefusal: Error, Equatable, Sendable {
  /// There is no free section, or a full burst waits to be published. Flush, poll, or wait, and ask again.
  case wouldBlock
  /// The frame would be longer than the device carries, or than a section holds; counted as offered and refused.
  case tooLarge
  /// The frame would be shorter than an Ethernet header; counted as offered and refused.
  case tooShort
  /// The device is about to be closed: drain, and finish the sender.
  case closing
}

/// Room for one frame in the send buffer, to be written in place and committed. Dropping it aborts: nothing happened.
public struct FrameReservation: ~Copyable, ~Escapable {
  /// The frame's bytes, from the destination address on. Not zeroed.
  public var bytes: MutableRawSpan
  /// How many there are. Kept apart: a caller can put another span in the place of `bytes`.
  private let byteCount: Int
  /// What the room was made for.
  private let offload: PacketOffload
  private let committed: StableReference<CommittedFrame>

  @_lifetime(copy bytes, copy committed)
  init(
    bytes: consuming MutableRawSpan, offload: PacketOffload, committed: StableReference<CommittedFrame>
  ) {
    byteCount = bytes.byteCount
    self.bytes = bytes
    self.offload = offload
    self.committed = committed
  }

  /// Sends the frame's first `byteCount` bytes, by default all. The next flush publishes it.
  ///
  /// An `offload` takes the place of that which the room was made for; both have as many parts, since they lie in front
  /// of the frame.
  public consuming func commit(byteCount: Int? = nil, offload: FrameOffload? = nil) {
    let frameByteCount = byteCount ?? self.byteCount
    precondition(
      frameByteCount >= Sender.minimumFrameByteCount && frameByteCount <= self.byteCount,
      "a committed frame lies inside its reservation and holds an Ethernet header")
    let info = offload?.info ?? self.offload
    precondition(info.encodedSize == self.offload.encodedSize, "an offload fits the room that was made for it")
    committed.value = CommittedFrame(byteCount: frameByteCount, offload: info)
  }
}

extension Sender {
  /// Room for a frame of at most `byteCount` bytes, to be written straight into the send buffer.
  ///
  /// One reservation is open at a time: the compiler keeps the sender out of use until it is committed or dropped.
  @_lifetime(&self)
  public mutating func reserve(
    _ byteCount: Int, offload: FrameOffload = .none
  ) throws(ReservationRefusal) -> FrameReservation {
    settle()
    let limit = frameLimit(offload.info, within: Int(messageLimits.byteCount))
    switch refuse(byteCount, offload.info, beyond: limit) {
    case .tooLarge: throw .tooLarge
    case .tooShort: throw .tooShort
    case .taken, .wouldBlock, .closing, nil: break
    }
    guard makePlace(for: byteCount, offload.info) else { throw isClosing ? .closing : .wouldBlock }
    return FrameReservation(
      bytes: sections.mutableSpan(at: message.framePlace(behind: offload.info), byteCount: byteCount),
      offload: offload.info, committed: committed.reference())
  }

  /// Takes up a frame that was committed since the last call.
  @inline(__always)
  mutating func settle() {
    guard committed.value.byteCount > 0 else { return }
    let frame = committed.value
    committed.value = .none
    stage(frameByteCount: frame.byteCount, frame.offload)
  }
}
