internal import WireFormats

/// The message that every case sends: a descriptor, the NVSP message of a packet in a section, and the trailer.
enum RingMessage {
  /// Descriptor and NVSP message; forty bytes of it are right for every version.
  static let packetByteCount: UInt32 = 16 + 40
  static let ringByteCount = packetByteCount + PacketTrailer.byteCount

  /// A packet of this size in the section of this number: what netvsc says of a frame.
  private static let sectionByteCount: UInt32 = 104

  /// The message's words, without the trailer.
  @inline(__always)
  static func words(_ number: UInt64) -> InlineArray<7, UInt64> {
    let descriptor = PacketDescriptor(
      type: .dataInBand, payloadOffset: PacketDescriptor.encodedSize, byteCount: packetByteCount,
      completionRequested: true, transactionID: number)
    let packet = SendRNDISPacket(
      channelType: .data, sectionIndex: UInt32(truncatingIfNeeded: number), sectionByteCount: sectionByteCount)
    return [descriptor.firstWord, descriptor.transactionID, packet.firstWord, packet.secondWord, 0, 0, 0]
  }

  /// The NVSP message alone, for a writer that frames the packet itself.
  @inline(__always)
  static func nvspWords(_ number: UInt64) -> InlineArray<5, UInt64> {
    let words = words(number)
    return [words[2], words[3], words[4], words[5], words[6]]
  }
}
