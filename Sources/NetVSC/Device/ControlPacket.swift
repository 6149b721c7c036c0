internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// A packet of the control dialogue, copied out of the ring before anything in it is judged.
struct ControlPacket {
  let type: VMBusPacketType
  let transactionID: UInt64
  /// Between the descriptor and the payload.
  private let header: [UInt8]
  /// The NVSP message, padding included.
  let payload: [UInt8]

  /// The host's next packet; nil when there is none.
  init?(next ring: inout RingConsumer<MappedRing>) throws(RingError) {
    guard let packet = try ring.next() else { return nil }
    let descriptor = packet.descriptor
    let size = PacketDescriptor.encodedSize
    type = descriptor.type
    transactionID = descriptor.transactionID
    header = (size..<descriptor.payloadOffset).map { packet.byte(at: $0) }
    payload = (descriptor.payloadOffset..<descriptor.byteCount).map { packet.byte(at: $0) }
  }

  /// The table of a message 134.
  func indirectionTable(version: NVSPVersion) -> SendIndirectionTable? {
    guard !payload.isEmpty else { return nil }
    let bytes = PrivateBytes(copying: payload)
    return try? SendIndirectionTable(parsing: bytes.span(bytes.byteCount), version: version)
  }

  /// The ranges of the receive buffer that hold RNDIS control messages.
  var receivedControlRanges: [TransferRange] {
    guard !payload.isEmpty, !header.isEmpty else { return [] }
    let message = PrivateBytes(copying: payload)
    guard let carrier = try? SendRNDISPacket(parsing: message.span(message.byteCount)), carrier.channelType == .control
    else { return [] }
    let bytes = PrivateBytes(copying: header)
    guard let list = try? TransferPageList(parsing: bytes.span(bytes.byteCount)),
      list.pageSetID == NVSPBufferID.receiveBuffer
    else { return [] }
    return (0..<list.count).map { list[$0] }
  }
}
