internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The receive buffer while the host has it. What is read in it may change under the reader.
struct ReceiveBuffer: Sendable {
  let bytes: SharedBytes
  let subAllocationByteCount: UInt32
  /// The link, as indications in this buffer tell it.
  let link = LinkState()

  /// Calls `body` with the place of each RNDIS control message that a packet speaks of. Places that cannot be are
  /// skipped.
  func forEachControlMessage(of packet: borrowing IncomingPacket<MappedRing>, _ body: (Range<Int>) -> Void) {
    let descriptor = packet.descriptor
    let headerOffset = PacketDescriptor.encodedSize
    let firstRange = headerOffset + UInt32(TransferPageHeader.byteCount)
    guard descriptor.payloadOffset >= firstRange, packet.payloadByteCount >= SendRNDISPacket.encodedSize,
      packet.word(at: descriptor.payloadOffset) == SendRNDISPacket(channelType: .control).firstWord
    else { return }
    let header = TransferPageHeader(word: packet.word(at: headerOffset))
    guard header.pageSetID == NVSPBufferID.receiveBuffer,
      (try? header.validate(byteCount: Int(descriptor.payloadOffset - headerOffset))) != nil
    else { return }
    for index in 0..<header.rangeCount {
      let range = TransferRange(word: packet.word(at: firstRange + UInt32(TransferRange.encodedSize) * index))
      guard
        (try? range.validate(
          bufferByteCount: UInt64(bytes.byteCount), subAllocationByteCount: subAllocationByteCount)) != nil
      else { continue }
      body(Int(range.byteOffset)..<Int(range.byteOffset + range.byteCount))
    }
  }

  /// Takes in what a packet tells of the link. Nothing is allocated for it.
  func takeIndications(of packet: borrowing IncomingPacket<MappedRing>) {
    forEachControlMessage(of: packet) { place in
      guard let indication = try? RNDISIndicateStatus(parsing: bytes.span(place)) else { return }
      link.take(indication.status)
    }
  }
}
