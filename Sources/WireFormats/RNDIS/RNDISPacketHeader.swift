/// The fixed part of an RNDIS PACKET message: where its per-packet info and its frame are.
///
/// ```
///  0          44                   44 + info            frameOffset + frameByteCount
///  | header   | per-packet info    | frame              | padding, when another packet follows |
/// ```
///
/// Offsets are in bytes from the message's first; the fields on the wire count from byte 8.
@usableFromInline
package struct RNDISPacketHeader: Equatable, Sendable {
  /// How many bytes the header takes.
  @inlinable package static var encodedSize: UInt32 { 44 }

  /// The whole message, padding included.
  @usableFromInline package let messageByteCount: UInt32
  @usableFromInline package let frameOffset: UInt32
  @usableFromInline package let frameByteCount: UInt32
  @usableFromInline package let perPacketInfoOffset: UInt32
  @usableFromInline package let perPacketInfoByteCount: UInt32

  /// The header of a frame behind `perPacketInfoByteCount` bytes of info.
  ///
  /// `paddingByteCount` brings the message to the host's alignment when another packet follows in the same stream.
  @inlinable
  package init(frameByteCount: UInt32, perPacketInfoByteCount: UInt32, paddingByteCount: UInt32 = 0) {
    precondition(frameByteCount > 0, "a packet has a frame")
    perPacketInfoOffset = Self.encodedSize
    self.perPacketInfoByteCount = perPacketInfoByteCount
    frameOffset = Self.encodedSize + perPacketInfoByteCount
    self.frameByteCount = frameByteCount
    messageByteCount = frameOffset + frameByteCount + paddingByteCount
  }

  /// The header of a frame `frameOffset` bytes behind a message's first, with its info right behind the header: all in a
  /// message of `messageByteCount` bytes.
  package init(
    frameByteCount: UInt32, frameOffset: UInt32, perPacketInfoByteCount: UInt32, messageByteCount: UInt32
  ) {
    precondition(
      frameByteCount > 0 && frameOffset >= Self.encodedSize + perPacketInfoByteCount
        && UInt64(frameOffset) + UInt64(frameByteCount) <= UInt64(messageByteCount), "a message holds its parts")
    perPacketInfoOffset = Self.encodedSize
    self.perPacketInfoByteCount = perPacketInfoByteCount
    self.frameOffset = frameOffset
    self.frameByteCount = frameByteCount
    self.messageByteCount = messageByteCount
  }

  /// The header of a frame without info, in a message of `messageByteCount` bytes, which is below 2^32 and holds both.
  @inlinable @inline(__always)
  package init(plainFrameByteCount frameByteCount: UInt32, messageByteCount: Int) {
    perPacketInfoOffset = Self.encodedSize
    perPacketInfoByteCount = 0
    frameOffset = Self.encodedSize
    self.frameByteCount = frameByteCount
    self.messageByteCount = UInt32(truncatingIfNeeded: messageByteCount)
  }

  /// Writes the 44 bytes from `offset` on, and no other byte: info and frame are written beside them.
  @inlinable @inline(__always)
  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan, at offset: Int = 0) {
    precondition(offset >= 0 && out.byteCount - offset >= Int(Self.encodedSize), "a header fits its space")
    let words = words
    for index in words.indices { out.storeLittleEndian(words[index], at: offset + 8 * index) }
    out.storeLittleEndian(0 as UInt32, at: offset + 40)
  }

  /// The header's first 40 bytes as words. A reserved field of four bytes follows, which is zero.
  @inlinable @inline(__always)
  package var words: InlineArray<5, UInt64> {
    let fieldsOrigin = UInt64(RNDISMessageHeader.encodedSize)
    return [
      UInt64(RNDISMessageType.packet.rawValue) | UInt64(messageByteCount) << 32,
      UInt64(frameOffset) - fieldsOrigin | UInt64(frameByteCount) << 32,
      // Out-of-band data: its offset, length and element count are always zero.
      0,
      (UInt64(perPacketInfoOffset) - fieldsOrigin) << 32,
      // Behind the info's length the virtual circuit handle, which is zero.
      UInt64(perPacketInfoByteCount),
    ]
  }

  /// Reads and checks the header at the start of `bytes`, which hold 44 bytes or more, of a stream that has `available`
  /// bytes left.
  ///
  /// Throws when it is no packet, the message is shorter than its header or longer than the stream, out-of-band data or
  /// a virtual circuit is named, the frame is empty, or frame or info lie outside the message or in its header. Info
  /// and frame may lie in any order, and bytes may be between them.
  @inlinable
  package init(parsing bytes: RawSpan, available: UInt32) throws(WireError) {
    guard bytes.byteCount >= Int(Self.encodedSize) else {
      throw .truncated(needed: Int(Self.encodedSize), got: bytes.byteCount)
    }
    try self.init(
      words: bytes.loadLittleEndian(at: 0), bytes.loadLittleEndian(at: 8), bytes.loadLittleEndian(at: 16),
      bytes.loadLittleEndian(at: 24), bytes.loadLittleEndian(at: 32), available: available)
  }

  /// Checks the header that begins with these words, as `init(parsing:available:)` does. Its last four bytes mean nothing.
  @inlinable
  package init(
    words start: UInt64, _ frame: UInt64, _ outOfBand: UInt64, _ infoStart: UInt64, _ infoEnd: UInt64,
    available: UInt32
  ) throws(WireError) {
    let type = RNDISMessageType(rawValue: UInt32(truncatingIfNeeded: start))
    guard type == .packet else {
      throw .unexpectedType(expected: RNDISMessageType.packet.rawValue, got: type.rawValue)
    }
    let messageByteCount = UInt32(truncatingIfNeeded: start >> 32)
    guard messageByteCount >= Self.encodedSize, messageByteCount <= available else {
      throw .fieldOutOfRange(.messageByteCount, value: UInt64(messageByteCount))
    }
    // The element count shares its word with the info's offset.
    guard outOfBand == 0, UInt32(truncatingIfNeeded: infoStart) == 0 else {
      throw .fieldOutOfRange(.outOfBandData, value: outOfBand | UInt64(UInt32(truncatingIfNeeded: infoStart)))
    }
    guard infoEnd >> 32 == 0 else { throw .fieldOutOfRange(.virtualCircuit, value: infoEnd >> 32) }
    let frameByteCount = UInt32(truncatingIfNeeded: frame >> 32)
    guard frameByteCount > 0 else { throw .fieldOutOfRange(.frameByteCount, value: 0) }
    let limit = UInt64(messageByteCount)
    let frameOffset = try Self.offset(
      ofPart: .frame, field: UInt32(truncatingIfNeeded: frame), byteCount: frameByteCount, limit: limit)
    let infoByteCount = UInt32(truncatingIfNeeded: infoEnd)
    // Without info its offset means nothing: some send 0, some where info would be.
    let infoOffset =
      infoByteCount == 0
      ? Self.encodedSize
      : try Self.offset(
        ofPart: .perPacketInfo, field: UInt32(truncatingIfNeeded: infoStart >> 32), byteCount: infoByteCount,
        limit: limit)
    self.messageByteCount = messageByteCount
    self.frameOffset = frameOffset
    self.frameByteCount = frameByteCount
    perPacketInfoOffset = infoOffset
    perPacketInfoByteCount = infoByteCount
  }

  /// The header that begins with these words, where it is as most are: in order, and without info. nil asks for a closer
  /// look, which says what is wrong or is there.
  @inlinable @inline(__always)
  package init?(plain words: InlineArray<5, UInt64>, available: UInt32) {
    let messageByteCount = UInt32(truncatingIfNeeded: words[0] >> 32)
    let frameByteCount = UInt32(truncatingIfNeeded: words[1] >> 32)
    let frameOffset = (words[1] & 0xFFFF_FFFF) &+ UInt64(RNDISMessageHeader.encodedSize)
    // Out-of-band data and its count, info and virtual circuit: none of them.
    guard UInt32(truncatingIfNeeded: words[0]) == RNDISMessageType.packet.rawValue,
      words[2] | words[3] << 32 | words[4] == 0,
      frameByteCount > 0, frameOffset >= UInt64(Self.encodedSize),
      frameOffset &+ UInt64(frameByteCount) <= UInt64(messageByteCount), messageByteCount <= available
    else { return nil }
    self.messageByteCount = messageByteCount
    self.frameOffset = UInt32(truncatingIfNeeded: frameOffset)
    self.frameByteCount = frameByteCount
    perPacketInfoOffset = Self.encodedSize
    perPacketInfoByteCount = 0
  }

  /// The absolute offset of a part whose `field` counts from byte 8. Throws when it is not between header and limit.
  @inlinable @inline(__always)
  static func offset(
    ofPart part: WireField, field: UInt32, byteCount: UInt32, limit: UInt64
  ) throws(WireError) -> UInt32 {
    let offset = UInt64(field) + UInt64(RNDISMessageHeader.encodedSize)
    guard offset >= UInt64(encodedSize), offset + UInt64(byteCount) <= limit else {
      throw .partOutOfBounds(part, offset: offset, byteCount: UInt64(byteCount), limit: limit)
    }
    return UInt32(truncatingIfNeeded: offset)
  }
}
