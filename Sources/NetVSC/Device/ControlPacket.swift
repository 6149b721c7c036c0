internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// A packet of the control dialogue, copied out of the ring before anything in it is judged.
struct ControlPacket {
  /// What sets an answer's type apart from its request's.
  private static let completionBit: UInt32 = 0x8000_0000

  let type: VMBusPacketType
  let transactionID: UInt64
  /// The NVSP message, padding included.
  let payload: [UInt8]
  /// What is due for it at once; nil: nothing, or not before its frames were taken.
  private(set) var acknowledgement: Acknowledgement?
  /// The answers of the RNDIS dialogue that it speaks of, by the requests' ids.
  private var answers: [(requestID: UInt32, message: [UInt8])] = []

  /// The host's next packet; nil when there is none. Frames that it tells of are put into `frames`: a host delivers as soon
  /// as the filter is set.
  init?(
    next ring: inout RingConsumer<MappedRing>, _ receiveBuffer: ReceiveBuffer?, _ frames: inout HeldFrames
  ) throws(RingError) {
    guard let packet = try ring.next() else { return nil }
    let descriptor = packet.descriptor
    type = descriptor.type
    transactionID = descriptor.transactionID
    payload = packet.payload
    guard type == .dataUsingTransferPages else { return }
    guard let receiveBuffer else {
      acknowledgement = Acknowledgement(transactionID: transactionID, status: .success)
      return
    }
    // What nobody wants is no sender's to count.
    var counts = QueueCounters()
    acknowledgement = receiveBuffer.takeFrames(of: packet, into: &frames, &counts)
    receiveBuffer.takeIndications(of: packet)
    receiveBuffer.forEachControlMessage(of: packet) { place in
      let message = receiveBuffer.bytes.copy(place)
      // An answer names its request right behind the header; an indication names none.
      guard let header = try? RNDISMessageHeader(parsing: message.span(place.count)), header.messageByteCount >= 12,
        header.type.rawValue & Self.completionBit != 0
      else { return }
      answers.append(
        (message.span(place.count).loadLittleEndian(at: 8), message.copy(0..<Int(header.messageByteCount))))
    }
  }

  /// The answer to an RNDIS request, if it is here.
  func answer(to requestID: UInt32) -> [UInt8]? {
    answers.first { $0.requestID == requestID }?.message
  }
}
