/// What every RNDIS message begins with.
@usableFromInline
package struct RNDISMessageHeader: Equatable, Sendable {
  /// In bytes. Every offset inside a message counts from here, not from the message's first byte.
  @inlinable package static var encodedSize: UInt32 { 8 }

  package let type: RNDISMessageType
  /// The whole message, this header and its padding included.
  package let messageByteCount: UInt32

  /// Reads the header of the message that `bytes` begin with; other messages may follow it.
  ///
  /// Throws when the message is shorter than its header, or longer than `bytes`.
  package init(parsing bytes: RawSpan) throws(WireError) {
    let size = Int(Self.encodedSize)
    guard bytes.byteCount >= size else { throw .truncated(needed: size, got: bytes.byteCount) }
    type = RNDISMessageType(rawValue: bytes.loadLittleEndian(at: 0))
    messageByteCount = bytes.loadLittleEndian(at: 4)
    guard messageByteCount >= Self.encodedSize, Int(messageByteCount) <= bytes.byteCount else {
      throw .fieldOutOfRange(.messageByteCount, value: UInt64(messageByteCount))
    }
  }
}
