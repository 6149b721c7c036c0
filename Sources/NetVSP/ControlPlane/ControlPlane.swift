internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The primary channel's state beside its data path: the NVSP set-up, the RNDIS dialogue and the sub-channels.
///
/// ```
///   INIT (again until a version suits) → [NDIS_CONFIG] → NDIS_VERSION → receive buffer → [send buffer]
///     → RNDIS INITIALIZE → open: frames, RNDIS requests, SUBCHANNEL → revoke: over
/// ```
/// NDIS_CONFIG is there from version 2 on, and comes before the receive buffer, whose cut depends on it. Nothing comes
/// twice: what would be taken back by a second message may be in use.
struct ControlPlane: ~Copyable {
  /// What to answer to a message of the set-up, if the guest asked for an answer.
  enum Answer {
    case empty
    /// A message, ready in the answer bytes.
    case message
    /// Nothing, and the channel is not to be read any more.
    case stop
  }

  let device: NetworkDevice
  /// nil until a version is agreed on.
  var version: NVSPVersion?
  /// nil until the guest told it; in version 1 it never does.
  var frameByteCount: UInt32?
  var hasNDISVersion = false
  var receiveBuffer: ReceiveBuffer?
  var sendBuffer: SendBuffer?
  /// Whether the set-up is over.
  var isOpen = false
  var dialogue = RNDISDialogue()
  /// Whether sub-channels were asked for.
  var hasSubchannels = false
  /// Whether the guest is to be told how to spread its frames, once its sub-channels are open.
  var owesIndirectionTable = false
  /// The message at hand, copied out; no message that a guest sends is longer.
  private var messageBytes = PrivateBytes(byteCount: 64)
  private var messageByteCount = 0
  private var answerBytes = PrivateBytes(byteCount: 64)

  init(_ device: NetworkDevice) { self.device = device }

  /// Judges a message of the set-up. An answer is put into `answerByteCount` bytes.
  mutating func handle(
    _ type: NVSPMessageType, _ packet: borrowing IncomingPacket<MappedRing>, answerByteCount: UInt32
  ) throws(Violation) -> Answer {
    messageByteCount = min(Int(packet.descriptor.payloadByteCount), messageBytes.byteCount)
    packet.copy(from: packet.descriptor.payloadOffset, byteCount: messageByteCount, into: &messageBytes)
    if type == .initialize { return prepare(try negotiate(parse()), answerByteCount) }
    guard let version else { throw .order(type) }
    switch type {
    case .sendNDISConfiguration where version >= .v2:
      try configure(parse())
      return .empty
    case .sendNDISVersion:
      try takeNDISVersion(parse())
      return .empty
    case .sendReceiveBuffer: return prepare(try takeReceiveBuffer(parse()), answerByteCount)
    case .sendSendBuffer: return prepare(try takeSendBuffer(parse()), answerByteCount)
    case .revokeReceiveBuffer:
      _ = try parse() as RevokeReceiveBuffer
      return .stop
    case .revokeSendBuffer:
      _ = try parse() as RevokeSendBuffer
      return .stop
    case .switchDataPath where version >= .v4:
      _ = try parse() as SwitchDataPath
      guard isOpen else { throw .order(type) }
      return .empty
    case .subchannel where version >= .v5: return prepare(try grant(parse()), answerByteCount)
    default: throw .unknownMessage(type)
    }
  }

  /// Reads the message at hand.
  private func parse<Message: NVSPMessage>() throws(Violation) -> Message {
    do throws(WireError) {
      return try Message(parsing: messageBytes.span(messageByteCount))
    } catch {
      throw .message(Message.type, error)
    }
  }

  private mutating func prepare(_ answer: some NVSPMessage, _ byteCount: UInt32) -> Answer {
    var out = answerBytes.mutableSpan(Int(byteCount))
    answer.emit(into: &out)
    return .message
  }

  /// Completes a set-up message with the first bytes of the answer.
  func writeAnswer(_ byteCount: Int, to ring: inout ReturnRing, transactionID: UInt64) throws(Violation) {
    try ring.write(.completion, payload: answerBytes.span(byteCount), transactionID: transactionID)
  }

  /// Whether there is something to say to the guest unasked.
  ///
  /// Mutating, so that an optional one is looked at in place: else it would be copied, in every step.
  mutating func hasWork() -> Bool { owesIndirectionTable || !dialogue.backlog.isEmpty }

  /// Says what there is to say, as far as there is room.
  mutating func work(_ ring: inout ReturnRing) throws(Violation) {
    if owesIndirectionTable { try sendIndirectionTable(&ring) }
    while !dialogue.backlog.isEmpty, try answerRequest(&ring) {}
  }

  /// Answers the oldest request of the dialogue. Returns false when there is no room for an answer.
  private mutating func answerRequest(_ ring: inout ReturnRing) throws(Violation) -> Bool {
    guard receiveBuffer?.hasIdleReply == true,
      try ring.secureRoom(ReceiveBuffer.packetByteCount(messageByteCount: ring.messageByteCount))
    else { return false }
    let adapter = NetworkAdapter(
      version: version ?? .v1, frameByteCount: frameByteCount ?? Self.usualFrameByteCount,
      channelCount: device.channelCount, maximumChannelCount: device.configuration.maximumChannelCount,
      offloads: device.configuration.offloads, link: device.link)
    if let byteCount = try dialogue.answerNext(adapter) {
      try receiveBuffer?.send(dialogue.answerBytes, byteCount, to: &ring)
    }
    return true
  }

  /// The guest is done with an answer. Returns false when there was none with that id.
  mutating func acknowledge(_ transactionID: UInt64) -> Bool { receiveBuffer?.acknowledge(transactionID) ?? false }
}
