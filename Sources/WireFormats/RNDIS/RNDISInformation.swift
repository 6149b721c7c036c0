/// A control message that carries an information buffer behind its fixed part.
package protocol RNDISInformationMessage: RNDISControlMessage {
  /// Where the information is, in bytes from the message's first.
  var information: Range<Int> { get }
  /// Where the buffer's length field is; its offset field follows.
  static var informationFieldsOffset: Int { get }
}

extension RNDISInformationMessage {
  package var encodedSize: Int { information.upperBound }

  /// Writes the message with `bytes` as its information, and zero in every other byte of `out`.
  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan, information bytes: RawSpan) {
    precondition(bytes.byteCount == information.count, "the information has the size the message tells")
    emit(into: &out)
    out.copyBytes(bytes, at: information.lowerBound)
  }

  /// The place of `byteCount` bytes right behind the fixed part, where every host looks for them.
  static func informationRange(byteCount: Int) -> Range<Int> { fixedSize..<fixedSize + byteCount }

  /// The place the message tells. Throws when it is not behind the fixed part and inside the message.
  static func informationRange(in message: RawSpan) throws(WireError) -> Range<Int> {
    let count: UInt32 = message.loadLittleEndian(at: informationFieldsOffset)
    // Without information the offset means nothing: some send 0, some where information would be.
    guard count > 0 else { return informationRange(byteCount: 0) }
    let offset = UInt64(message.loadLittleEndian(at: informationFieldsOffset + 4, as: UInt32.self))
    let start = offset + UInt64(RNDISMessageHeader.encodedSize)
    let end = start + UInt64(count)
    guard start >= fixedSize, end <= message.byteCount else {
      throw .partOutOfBounds(
        .information, offset: start, byteCount: UInt64(count), limit: UInt64(message.byteCount))
    }
    return Int(start)..<Int(end)
  }

  @_lifetime(message: copy message)
  func storeInformationRange(into message: inout MutableRawSpan) {
    message.storeLittleEndian(UInt32(information.count), at: Self.informationFieldsOffset)
    message.storeLittleEndian(
      UInt32(information.lowerBound) - RNDISMessageHeader.encodedSize, at: Self.informationFieldsOffset + 4)
  }
}
