public import WireFormats

/// Why a ring cannot be used any more, or not now.
@usableFromInline
package enum RingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no room now: normal, and nothing was done.
  case full(needed: UInt32, free: UInt32)
  /// The message could never fit, however empty the ring.
  case tooLarge(needed: UInt32, dataByteCount: UInt32)
  /// The other side's index is outside the data area, or not a multiple of 8.
  case indexOutOfRange(UInt32)
  /// The other side's index moved backwards.
  case indexMovedBack(from: UInt32, to: UInt32)
  /// A packet's descriptor contradicts itself or the bytes that are there.
  case badDescriptor(WireError)
  /// A shared ring has as many writers as it was made for.
  case tooManyWriters(limit: Int)
  /// The ring was closed under us: the device went away or is being closed.
  case closed

  /// Whether the other side broke the ring's rules, so that the ring must not be used again.
  package var isViolation: Bool {
    switch self {
    case .full, .tooLarge, .tooManyWriters, .closed: false
    case .indexOutOfRange, .indexMovedBack, .badDescriptor: true
    }
  }

  @usableFromInline
  package var description: String {
    switch self {
    case .full(let needed, let free): "ring full: \(needed) bytes needed, \(free) free"
    case .tooLarge(let needed, let dataByteCount):
      "a message of \(needed) bytes never fits a ring of \(dataByteCount)"
    case .indexOutOfRange(let index): "ring index \(index) is outside the ring or not a multiple of 8"
    case .indexMovedBack(let from, let to): "ring index moved backwards from \(from) to \(to)"
    case .badDescriptor(let error): "bad packet descriptor: \(error)"
    case .tooManyWriters(let limit): "the ring has \(limit) writers already"
    case .closed: "the ring was closed"
    }
  }
}
