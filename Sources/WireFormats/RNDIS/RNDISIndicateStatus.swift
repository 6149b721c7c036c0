/// RNDIS INDICATE_STATUS: something about the link changed. Nobody asked for it, and it has no answer.
package struct RNDISIndicateStatus: RNDISInformationMessage {
  package static let type = RNDISMessageType.indicateStatus
  package static let fixedSize = 20
  package static let informationFieldsOffset = 12

  package let status: RNDISStatus
  package let information: Range<Int>

  /// An indication with `informationByteCount` bytes right behind its fixed part.
  package init(status: RNDISStatus, informationByteCount: Int = 0) {
    self.status = status
    information = Self.informationRange(byteCount: informationByteCount)
  }

  package init(fields message: RawSpan) throws(WireError) {
    status = RNDISStatus(rawValue: message.loadLittleEndian(at: 8))
    information = try Self.informationRange(in: message)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(status.rawValue, at: 8)
    storeInformationRange(into: &message)
  }
}
