/// The requests about an OID: QUERY and SET have the same fields.
package protocol RNDISObjectRequest: RNDISInformationMessage {
  var requestID: UInt32 { get }
  var oid: OID { get }
  init(requestID: UInt32, oid: OID, information: Range<Int>)
}

extension RNDISObjectRequest {
  package static var fixedSize: Int { 28 }
  package static var informationFieldsOffset: Int { 16 }

  /// A request with `informationByteCount` bytes of input right behind its fixed part.
  package init(requestID: UInt32, oid: OID, informationByteCount: Int = 0) {
    self.init(
      requestID: requestID, oid: oid, information: Self.informationRange(byteCount: informationByteCount))
  }

  package init(fields message: RawSpan) throws(WireError) {
    self.init(
      requestID: message.loadLittleEndian(at: 8), oid: OID(rawValue: message.loadLittleEndian(at: 12)),
      information: try Self.informationRange(in: message))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(requestID, at: 8)
    message.storeLittleEndian(oid.rawValue, at: 12)
    storeInformationRange(into: &message)
  }
}

/// RNDIS QUERY: what is this object's value?
package struct RNDISQuery: RNDISObjectRequest {
  package static let type = RNDISMessageType.query
  package let requestID: UInt32
  package let oid: OID
  package let information: Range<Int>

  package init(requestID: UInt32, oid: OID, information: Range<Int>) {
    self.requestID = requestID
    self.oid = oid
    self.information = information
  }
}

/// RNDIS SET: this object has this value from now on. Some hosts read it right behind the fixed part, whatever the
/// message tells.
package struct RNDISSet: RNDISObjectRequest {
  package static let type = RNDISMessageType.set
  package let requestID: UInt32
  package let oid: OID
  package let information: Range<Int>

  package init(requestID: UInt32, oid: OID, information: Range<Int>) {
    self.requestID = requestID
    self.oid = oid
    self.information = information
  }
}

/// RNDIS QUERY_CMPLT: the object's value.
package struct RNDISQueryComplete: RNDISInformationMessage {
  package static let type = RNDISMessageType.queryComplete
  package static let fixedSize = 24
  package static let informationFieldsOffset = 16

  package let requestID: UInt32
  package let status: RNDISStatus
  package let information: Range<Int>

  /// An answer with `informationByteCount` bytes right behind its fixed part.
  package init(requestID: UInt32, status: RNDISStatus, informationByteCount: Int = 0) {
    self.requestID = requestID
    self.status = status
    information = Self.informationRange(byteCount: informationByteCount)
  }

  package init(fields message: RawSpan) throws(WireError) {
    requestID = message.loadLittleEndian(at: 8)
    status = RNDISStatus(rawValue: message.loadLittleEndian(at: 12))
    information = try Self.informationRange(in: message)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(requestID, at: 8)
    message.storeLittleEndian(status.rawValue, at: 12)
    storeInformationRange(into: &message)
  }
}
