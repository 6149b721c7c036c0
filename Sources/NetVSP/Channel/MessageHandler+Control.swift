internal import SharedMemory
internal import VMBusRing
internal import WireFormats

// What only the primary channel does, but for acknowledgements; on a sub-channel it is refused.
extension MessageHandler {
  /// The guest is done with an answer of the dialogue, or with frames.
  mutating func handleAcknowledgement(_ type: NVSPMessageType, _ descriptor: PacketDescriptor) throws(Violation) {
    guard type == .rndisPacketComplete else { throw .unknownMessage(type) }
    if control?.acknowledge(descriptor.transactionID) == true { return }
    guard device.link.acknowledge(descriptor.transactionID, on: channel.index) else {
      throw .unknownAcknowledgement(transactionID: descriptor.transactionID)
    }
  }

  /// Takes in a message of the RNDIS dialogue. It is answered later; what is completed here is its transport.
  mutating func receiveControlMessage(_ type: RNDISMessageType, _ descriptor: PacketDescriptor) throws(Violation) {
    var status = NVSPStatus.failure
    if let room = control?.dialogue.backlog.room {
      if !isOpen, let terms = try control?.endSetup(with: type) { open(terms) }
      if let message = dataPath.controlMessage(limit: room) {
        control?.dialogue.backlog.append(message)
        status = .success
      }
    }
    if descriptor.completionRequested { try completeControl(descriptor, status) }
  }

  /// Handles a message of the set-up.
  mutating func handleSetup(
    _ type: NVSPMessageType, _ packet: borrowing IncomingPacket<MappedRing>
  ) throws(Violation) {
    let byteCount = toGuest.messageByteCount
    guard let answer = try control?.handle(type, packet, answerByteCount: byteCount) else { throw .order(type) }
    switch answer {
    case .empty: try answerSetup(packet.descriptor, byteCount: 0)
    case .message: try answerSetup(packet.descriptor, byteCount: Int(byteCount))
    case .stop: isRevoked = true
    }
    // The answer that agrees on a version still has the size from before.
    if let version = control?.version { toGuest.agree(on: version) }
  }

  private mutating func answerSetup(_ descriptor: PacketDescriptor, byteCount: Int) throws(Violation) {
    guard descriptor.completionRequested else { return }
    try publishCompletions()
    try control?.writeAnswer(byteCount, to: &toGuest, transactionID: descriptor.transactionID)
    counts.completions += 1
  }

  /// Goes on with what the control plane has to say unasked, and with the dialogue, as far as there is room.
  mutating func answerControl() throws(Violation) {
    guard control?.hasWork() == true else { return }
    // A request's transport is completed before the request is answered.
    try publishCompletions()
    try control?.work(&toGuest)
  }
}
