/// A message of the NVSP protocol, the payload of a VMBus packet.
package protocol NVSPMessage: Equatable, Sendable {
  static var type: NVSPMessageType { get }
  /// The bytes from the message's first to the end of its last field. Senders use more, receivers accept any more.
  static var encodedSize: Int { get }

  /// Reads the fields of a message whose type is right and which holds `encodedSize` bytes or more.
  init(fields message: RawSpan) throws(WireError)

  /// Stores the fields behind the type into a zeroed message of `encodedSize` bytes or more.
  @_lifetime(message: copy message)
  func storeFields(into message: inout MutableRawSpan)
}

extension NVSPMessage {
  /// Writes the message: every byte of `out`, those behind the last field zero.
  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    precondition(out.byteCount >= Self.encodedSize, "a message fits its space")
    out.zeroFill()
    out.storeLittleEndian(Self.type.rawValue, at: 0)
    storeFields(into: &out)
  }

  /// Reads the message from a packet's payload. Throws when it is another one, or too short for its fields.
  package init(parsing bytes: RawSpan) throws(WireError) {
    try Self.check(bytes)
    try self.init(fields: bytes)
  }

  /// Throws when `bytes` are another message, or too short for this one's fields.
  static func check(_ bytes: RawSpan) throws(WireError) {
    let type = try NVSPMessageType(parsing: bytes)
    guard type == Self.type else { throw .unexpectedType(expected: Self.type.rawValue, got: type.rawValue) }
    guard bytes.byteCount >= encodedSize else { throw .truncated(needed: encodedSize, got: bytes.byteCount) }
  }
}
