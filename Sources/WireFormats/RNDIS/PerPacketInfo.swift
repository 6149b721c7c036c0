/// An element of a packet's info as it is sent: a type and one number. Order among elements means nothing.
@usableFromInline
package struct PerPacketInfo: Equatable, Sendable {
  /// Every element we send takes 16 bytes: size, type, offset of the data, and 4 bytes of data.
  @inlinable package static var encodedSize: UInt32 { 16 }
  /// The bytes in front of the data.
  @inlinable package static var headerByteCount: UInt32 { 12 }

  @usableFromInline package let type: PerPacketInfoType
  @usableFromInline package let value: UInt32

  @inlinable
  package init(type: PerPacketInfoType, value: UInt32) {
    self.type = type
    self.value = value
  }

  @inlinable package static func checksum(_ info: TransmitChecksumInfo) -> Self {
    Self(type: .checksum, value: info.rawValue)
  }
  @inlinable package static func largeSend(_ info: LargeSendInfo) -> Self {
    Self(type: .largeSend, value: info.rawValue)
  }
  @inlinable package static func vlanTag(_ info: VLANTagInfo) -> Self { Self(type: .vlanTag, value: info.rawValue) }
  @inlinable package static func hashValue(_ hash: UInt32) -> Self { Self(type: .hashValue, value: hash) }

  /// Writes the 16 bytes from `offset` on, and no other byte.
  @inlinable @inline(__always)
  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan, at offset: Int = 0) {
    precondition(
      offset >= 0 && out.byteCount - offset >= Int(Self.encodedSize), "an element fits its space")
    let words = words
    for index in words.indices { out.storeLittleEndian(words[index], at: offset + 8 * index) }
  }

  /// The element as words: size and type, then the data's offset and the data.
  @inlinable @inline(__always)
  package var words: InlineArray<2, UInt64> {
    [
      UInt64(Self.encodedSize) | UInt64(type.rawValue) << 32,
      UInt64(Self.headerByteCount) | UInt64(value) << 32,
    ]
  }
}
