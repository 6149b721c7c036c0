internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The receive buffer, as far as the control dialogue uses it (frames lie in a `ReceivePool`): each answer lies in a sub-allocation of its own until the
/// guest acknowledges it. The sub-allocation's index is the packet's transaction id.
struct ReceiveBuffer: ~Copyable {
  /// So many sub-allocations, the first ones, are kept for answers.
  static var replyCount: Int { 16 }
  /// What a sub-allocation has in front of its frame and behind it.
  private static var overheadByteCount: UInt32 { 256 + 36 }

  let section: ReceiveBufferSection
  let bytes: SharedBytes
  /// Bit i: the guest has not acknowledged answer i.
  private var busy: UInt16 = 0

  /// Cuts a buffer for frames of a length. nil: it is too small for the answers and a frame.
  init?(_ bytes: SharedBytes, frameByteCount: UInt32) {
    let subAllocationByteCount = frameByteCount + Self.overheadByteCount
    let count = UInt64(bytes.byteCount) / UInt64(subAllocationByteCount)
    guard count > Self.replyCount, let count = UInt32(exactly: count),
      let end = UInt32(exactly: UInt64(count) * UInt64(subAllocationByteCount))
    else { return nil }
    self.bytes = bytes
    section = ReceiveBufferSection(
      byteOffset: 0, subAllocationByteCount: subAllocationByteCount, subAllocationCount: count, endOffset: end)
  }

  /// Whether each of so many channels could have a frame in the buffer.
  func serves(channelCount: Int) -> Bool { Int(section.subAllocationCount) - Self.replyCount >= channelCount }

  /// The ring bytes of an answer's packet.
  static func packetByteCount(messageByteCount: UInt32) -> UInt32 {
    PacketDescriptor.encodedSize + UInt32(headerByteCount) + messageByteCount + PacketTrailer.byteCount
  }

  /// One range.
  private static var headerByteCount: Int { TransferPageHeader.byteCount + TransferRange.encodedSize }

  var hasIdleReply: Bool { busy != .max }

  /// Sends an answer. There is an idle reply, and room in the ring.
  mutating func send(
    _ answer: borrowing PrivateBytes, _ byteCount: Int, to ring: inout ReturnRing
  ) throws(Violation) {
    let index = (~busy).trailingZeroBitCount
    precondition(index < Self.replyCount, "an answer takes an idle reply")
    let offset = index * Int(section.subAllocationByteCount)
    bytes.write(answer.span(byteCount), at: offset)
    busy |= 1 << UInt16(index)

    var headerBytes = PrivateBytes(byteCount: Self.headerByteCount)
    var header = headerBytes.mutableSpan(Self.headerByteCount)
    header.storeLittleEndian(TransferPageHeader(pageSetID: NVSPBufferID.receiveBuffer, rangeCount: 1).word, at: 0)
    header.storeLittleEndian(
      TransferRange(byteCount: UInt32(byteCount), byteOffset: UInt32(offset)).word,
      at: TransferPageHeader.byteCount)
    var messageBytes = PrivateBytes(byteCount: Int(ring.messageByteCount))
    var message = messageBytes.mutableSpan(messageBytes.byteCount)
    SendRNDISPacket(channelType: .control).emit(into: &message)
    try ring.write(
      .dataUsingTransferPages, header: header.bytes, payload: message.bytes, transactionID: UInt64(index),
      completionRequested: true)
  }

  /// The guest is done with an answer. Returns false when there was none with that id.
  mutating func acknowledge(_ transactionID: UInt64) -> Bool {
    guard transactionID < UInt64(Self.replyCount), busy & 1 << UInt16(transactionID) != 0 else { return false }
    busy &= ~(1 << UInt16(transactionID))
    return true
  }
}
