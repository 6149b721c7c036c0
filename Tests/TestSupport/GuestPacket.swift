package import SharedMemory
internal import VMBusRing
package import WireFormats

/// A packet of the guest's, copied out of its ring whole, with what it speaks of.
package struct GuestPacket: Sendable {
  /// The channel it came on.
  package let channel: Int
  /// Where it began in the ring's data, in bytes.
  package let start: UInt32
  /// Every byte in the ring, from the descriptor's first to the trailer's last.
  package let bytes: [UInt8]
  package let descriptor: PacketDescriptor
  /// What a section or page ranges held when the host looked: RNDIS messages.
  package var carried: [UInt8] = []

  package var type: VMBusPacketType { descriptor.type }
  package var transactionID: UInt64 { descriptor.transactionID }

  /// The words between descriptor and payload.
  package var header: [UInt8] { Array(bytes[16..<Int(descriptor.payloadOffset)]) }
  /// The NVSP message, padding included.
  package var payload: [UInt8] { Array(bytes[Int(descriptor.payloadOffset)..<Int(descriptor.byteCount)]) }

  /// The NVSP message's number; nil when the payload is too short for one.
  package var messageType: NVSPMessageType? { try? NVSPMessageType(parsing: payload.span.bytes) }

  /// Whether it carries a frame (or frames), and not a message of the set-up.
  package var isFrame: Bool {
    (try? SendRNDISPacket(parsing: payload.span.bytes))?.channelType == .data && type != .completion
  }

  /// The frame of a message that carries one alone; nil where its RNDIS header is wrong.
  package var frame: [UInt8]? {
    guard
      let header = try? RNDISPacketHeader(parsing: carried.span.bytes, available: UInt32(carried.count)),
      Int(header.messageByteCount) == carried.count
    else { return nil }
    return Array(carried[Int(header.frameOffset)..<Int(header.frameOffset + header.frameByteCount)])
  }

  /// The frames of a message, as far as their RNDIS headers can be read.
  package var frames: [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = carried[...]
    while let header = try? RNDISPacketHeader(parsing: Array(rest).span.bytes, available: UInt32(rest.count)) {
      let start = rest.startIndex + Int(header.frameOffset)
      frames.append(Array(rest[start..<start + Int(header.frameByteCount)]))
      rest = rest.dropFirst(Int(header.messageByteCount))
    }
    return frames
  }

  /// The guest's next packet; nil when there is none. The reader stands at `start` of `memory`.
  init?(next ring: inout RingConsumer<MappedRing>, in memory: MappedRing, channel: Int, start: UInt32)
    throws(RingError)
  {
    guard let packet = try ring.next() else { return nil }
    descriptor = packet.descriptor
    self.channel = channel
    self.start = start
    bytes = memory.dataBytes(from: start, byteCount: packet.descriptor.ringByteCount)
  }
}

extension MappedRing {
  /// Bytes of the data area, read as words.
  package func dataBytes(from start: UInt32, byteCount: UInt32) -> [UInt8] {
    stride(from: 0, to: byteCount, by: 8).flatMap { offset in
      let word = loadWord(at: start + offset)
      return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
  }
}
