internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The receive buffer while the host has it. What is read in it may change under the reader.
struct ReceiveBuffer: Sendable {
  let bytes: SharedBytes
  let subAllocationByteCount: UInt32
  /// How many sub-allocations there are: a host can have no more frames on their way.
  let subAllocationCount: Int
  /// Whether frames are kept for somebody who takes them.
  let keepsFrames: Bool
  /// The link, as indications in this buffer tell it.
  let link = LinkState()

  /// How many packets of a host may wait for their acknowledgement.
  var packetLimit: Int { subAllocationCount }

  /// The places of RNDIS messages that a transfer-page packet speaks of, and of which kind they are.
  struct Contents {
    let channelType: NVSPChannelType
    let rangeCount: UInt32
  }

  /// What a transfer-page packet speaks of; nil where it contradicts itself.
  func contents(of packet: borrowing IncomingPacket<MappedRing>) -> Contents? {
    let descriptor = packet.descriptor
    guard descriptor.payloadOffset >= Self.firstRange, packet.payloadByteCount >= SendRNDISPacket.encodedSize else {
      return nil
    }
    let message = packet.word(at: descriptor.payloadOffset)
    let header = TransferPageHeader(word: packet.word(at: PacketDescriptor.encodedSize))
    guard UInt32(truncatingIfNeeded: message) == SendRNDISPacket.type.rawValue,
      header.pageSetID == NVSPBufferID.receiveBuffer,
      (try? header.validate(byteCount: Int(descriptor.payloadOffset - PacketDescriptor.encodedSize))) != nil
    else { return nil }
    return Contents(
      channelType: NVSPChannelType(rawValue: UInt32(truncatingIfNeeded: message >> 32)), rangeCount: header.rangeCount)
  }

  private static var firstRange: UInt32 { PacketDescriptor.encodedSize + UInt32(TransferPageHeader.byteCount) }

  /// The place of one message, of a packet whose contents were found good; nil where there can be none.
  func place(_ index: UInt32, of packet: borrowing IncomingPacket<MappedRing>) -> Range<Int>? {
    let range = TransferRange(word: packet.word(at: Self.firstRange + UInt32(TransferRange.encodedSize) * index))
    guard
      (try? range.validate(
        bufferByteCount: UInt64(bytes.byteCount), subAllocationByteCount: subAllocationByteCount)) != nil
    else { return nil }
    return Int(range.byteOffset)..<Int(range.byteOffset + range.byteCount)
  }

  /// Calls `body` with the place of each RNDIS control message that a packet speaks of. Places that cannot be are
  /// skipped.
  func forEachControlMessage(of packet: borrowing IncomingPacket<MappedRing>, _ body: (Range<Int>) -> Void) {
    guard let contents = contents(of: packet), contents.channelType == .control else { return }
    for index in 0..<contents.rangeCount {
      if let place = place(index, of: packet) { body(place) }
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
