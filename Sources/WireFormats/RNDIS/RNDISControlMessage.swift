/// A message of the RNDIS control dialogue, the bytes an NVSP message 107 of channel type control speaks of.
package protocol RNDISControlMessage: Equatable, Sendable {
  static var type: RNDISMessageType { get }
  /// The bytes from the message's first to the end of its last fixed field.
  static var fixedSize: Int { get }
  /// The bytes of the whole message.
  var encodedSize: Int { get }

  /// Reads the fields of a message whose type is right and which holds `fixedSize` bytes or more.
  init(fields message: RawSpan) throws(WireError)

  /// Stores the fields behind the header into a zeroed message.
  @_lifetime(message: copy message)
  func storeFields(into message: inout MutableRawSpan)
}

extension RNDISControlMessage {
  package var encodedSize: Int { Self.fixedSize }

  /// Writes the message: every byte of `out`, those without a field zero.
  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    precondition(out.byteCount >= encodedSize, "a message fits its space")
    out.zeroFill()
    out.storeLittleEndian(Self.type.rawValue, at: 0)
    out.storeLittleEndian(UInt32(encodedSize), at: 4)
    storeFields(into: &out)
  }

  /// Reads the message that `bytes` begin with.
  ///
  /// Throws when it is another one, its length is shorter than its fields or longer than `bytes`, or a field is wrong.
  package init(parsing bytes: RawSpan) throws(WireError) {
    let header = try RNDISMessageHeader(parsing: bytes)
    guard header.type == Self.type else {
      throw .unexpectedType(expected: Self.type.rawValue, got: header.type.rawValue)
    }
    let message = bytes.extracting(0..<Int(header.messageByteCount))
    guard message.byteCount >= Self.fixedSize else {
      throw .truncated(needed: Self.fixedSize, got: message.byteCount)
    }
    try self.init(fields: message)
  }
}
