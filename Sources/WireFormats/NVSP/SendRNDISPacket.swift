/// Which of its two kinds of RNDIS messages a packet carries.
@usableFromInline
package struct NVSPChannelType: WireCode {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static var data: Self { Self(rawValue: 0) }
  @inlinable package static var control: Self { Self(rawValue: 1) }

  @usableFromInline package var name: String? {
    switch self {
    case .data: "data"
    case .control: "control"
    default: nil
    }
  }
}

/// NVSP message 107: RNDIS messages, in a section of the send buffer, in page ranges, or begun there and ended here.
///
/// The hot path writes it as two words; what follows them up to the message size is zero.
@usableFromInline
package struct SendRNDISPacket: NVSPMessage {
  @inlinable package static var type: NVSPMessageType { .sendRNDISPacket }
  @inlinable package static var encodedSize: Int { 16 }
  /// The section index of a packet without one.
  @inlinable package static var noSection: UInt32 { 0xFFFF_FFFF }

  @usableFromInline package let channelType: NVSPChannelType
  @usableFromInline package let sectionIndex: UInt32
  /// The RNDIS bytes in the section; 0 without one.
  @usableFromInline package let sectionByteCount: UInt32

  /// A message whose first bytes (or all) are in section `sectionIndex`.
  @inlinable
  package init(channelType: NVSPChannelType, sectionIndex: UInt32, sectionByteCount: UInt32) {
    self.channelType = channelType
    self.sectionIndex = sectionIndex
    self.sectionByteCount = sectionByteCount
  }

  /// A message without a section: all bytes are in page ranges.
  @inlinable
  package init(channelType: NVSPChannelType) {
    self.init(channelType: channelType, sectionIndex: Self.noSection, sectionByteCount: 0)
  }

  /// The message in two words of a ring; the type in the first one is not looked at.
  @inlinable
  package init(firstWord: UInt64, secondWord: UInt64) {
    self.init(
      channelType: NVSPChannelType(rawValue: UInt32(truncatingIfNeeded: firstWord >> 32)),
      sectionIndex: UInt32(truncatingIfNeeded: secondWord),
      sectionByteCount: UInt32(truncatingIfNeeded: secondWord >> 32))
  }

  /// Type and channel type.
  @inlinable package var firstWord: UInt64 { UInt64(Self.type.rawValue) | UInt64(channelType.rawValue) << 32 }
  /// Section index and section byte count.
  @inlinable package var secondWord: UInt64 { UInt64(sectionIndex) | UInt64(sectionByteCount) << 32 }

  package init(fields message: RawSpan) {
    self.init(firstWord: message.loadLittleEndian(at: 0), secondWord: message.loadLittleEndian(at: 8))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(firstWord, at: 0)
    message.storeLittleEndian(secondWord, at: 8)
  }
}

/// NVSP message 108: the packet was used, and its memory is its sender's again. One word.
@usableFromInline
package struct RNDISPacketComplete: NVSPMessage {
  @inlinable package static var type: NVSPMessageType { .rndisPacketComplete }
  package static let encodedSize = 8

  @usableFromInline package let status: NVSPStatus

  @inlinable package init(status: NVSPStatus) { self.status = status }

  /// The message in a word of a ring; the type in it is not looked at.
  @inlinable
  package init(word: UInt64) { self.init(status: NVSPStatus(rawValue: UInt32(truncatingIfNeeded: word >> 32))) }

  /// Type and status.
  @inlinable package var word: UInt64 { UInt64(Self.type.rawValue) | UInt64(status.rawValue) << 32 }

  package init(fields message: RawSpan) { self.init(word: message.loadLittleEndian(at: 0)) }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) { message.storeLittleEndian(word, at: 0) }
}
