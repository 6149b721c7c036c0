package import WireFormats

/// A packet that a scripted host sends.
package struct HostMessage: Equatable, Sendable {
  package var type: VMBusPacketType
  package var transactionID: UInt64
  /// Between descriptor and payload.
  package var header: [UInt8] = []
  package var payload: [UInt8]
  /// What is put into the receive buffer before, and where.
  package var received: (offset: Int, bytes: [UInt8])? = nil

  package init(
    type: VMBusPacketType, transactionID: UInt64, header: [UInt8] = [], payload: [UInt8],
    received: (offset: Int, bytes: [UInt8])? = nil
  ) {
    self.type = type
    self.transactionID = transactionID
    self.header = header
    self.payload = payload
    self.received = received
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.type == right.type && left.transactionID == right.transactionID && left.header == right.header
      && left.payload == right.payload && left.received?.offset == right.received?.offset
      && left.received?.bytes == right.received?.bytes
  }

  /// The answer to the packet with this id. A message is padded to `byteCount` bytes where it is shorter.
  package static func completion(
    of transactionID: UInt64, _ message: some NVSPMessage, byteCount: Int = 40
  ) -> HostMessage {
    HostMessage(type: .completion, transactionID: transactionID, payload: encoded(message, byteCount: byteCount))
  }

  /// An answer with any payload, also none.
  package static func completion(of transactionID: UInt64, payload: [UInt8]) -> HostMessage {
    HostMessage(type: .completion, transactionID: transactionID, payload: payload)
  }

  /// A message that the host sends unasked, in the ring itself.
  package static func inBand(_ message: some NVSPMessage, byteCount: Int = 40) -> HostMessage {
    HostMessage(type: .dataInBand, transactionID: 0, payload: encoded(message, byteCount: byteCount))
  }

  /// RNDIS bytes in the receive buffer, at the places that `ranges` name; by default one range that holds `bytes`.
  package static func received(
    _ bytes: [UInt8], at offset: Int = 0, transactionID: UInt64, channelType: NVSPChannelType = .control,
    ranges: [TransferRange]? = nil, pageSetID: UInt16 = NVSPBufferID.receiveBuffer
  ) -> HostMessage {
    let ranges = ranges ?? [TransferRange(byteCount: UInt32(bytes.count), byteOffset: UInt32(offset))]
    let words =
      [TransferPageHeader(pageSetID: pageSetID, rangeCount: UInt32(ranges.count)).word] + ranges.map(\.word)
    return HostMessage(
      type: .dataUsingTransferPages, transactionID: transactionID,
      header: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } },
      payload: encoded(SendRNDISPacket(channelType: channelType), byteCount: 40), received: (offset, bytes))
  }

  private static func encoded<Message: NVSPMessage>(_ message: Message, byteCount: Int) -> [UInt8] {
    poisoned(max(byteCount, Message.encodedSize)) { message.emit(into: &$0) }
  }
}
