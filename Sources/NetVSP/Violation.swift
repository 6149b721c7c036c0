internal import VMBusRing
internal import WireFormats

/// A rule that a guest broke so that its channel cannot go on: the channel is taken away, other channels stay.
///
/// What concerns one message alone is no violation: that message fails.
enum Violation: Error, CustomStringConvertible {
  case ring(RingError)
  /// A packet of a type that no guest sends.
  case packetType(VMBusPacketType)
  case pageRanges(WireError)
  /// A packet without an NVSP message.
  case noMessage
  /// An NVSP message that cannot be read.
  case message(NVSPMessageType, WireError)
  /// An NVSP message that no guest sends, or not in the agreed version.
  case unknownMessage(NVSPMessageType)
  /// An NVSP message too early, too late or twice.
  case order(NVSPMessageType)
  /// A frame before the set-up was over.
  case dataBeforeSetup
  case noSendBuffer(section: UInt32)
  case sectionOutOfBounds(index: UInt32, byteCount: UInt32)
  /// The acknowledgement of something the host did not send, or had acknowledged before.
  case unknownAcknowledgement(transactionID: UInt64)
  /// An RNDIS control message that cannot be read.
  case control(RNDISMessageType, WireError)
  /// An RNDIS control message that no guest sends, or a second INITIALIZE.
  case unexpectedControl(RNDISMessageType)

  var description: String {
    switch self {
    case .ring(let error): "\(error)"
    case .packetType(let type): "packet of type \(type)"
    case .pageRanges(let error): "bad page ranges: \(error)"
    case .noMessage: "packet without a message"
    case .message(let type, let error): "bad NVSP message \(type): \(error)"
    case .unknownMessage(let type): "NVSP message \(type), which is unknown in the agreed version"
    case .order(let type): "NVSP message \(type) out of order"
    case .dataBeforeSetup: "a frame before the set-up was over"
    case .noSendBuffer(let section): "section \(section) without a send buffer"
    case .sectionOutOfBounds(let index, let byteCount):
      "\(byteCount) bytes in section \(index) go beyond the send buffer"
    case .unknownAcknowledgement(let transactionID): "nothing to acknowledge with id \(transactionID)"
    case .control(let type, let error): "bad RNDIS message \(type): \(error)"
    case .unexpectedControl(let type): "RNDIS message \(type) out of place"
    }
  }
}
