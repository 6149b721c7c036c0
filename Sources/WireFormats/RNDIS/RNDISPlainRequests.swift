/// The requests that have nothing but a name: HALT and KEEPALIVE.
package protocol RNDISPlainRequest: RNDISControlMessage {
  var requestID: UInt32 { get }
  init(requestID: UInt32)
}

extension RNDISPlainRequest {
  package static var fixedSize: Int { 12 }

  package init(fields message: RawSpan) { self.init(requestID: message.loadLittleEndian(at: 8)) }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) { message.storeLittleEndian(requestID, at: 8) }
}

/// RNDIS HALT: the dialogue is over. It has no answer.
package struct RNDISHalt: RNDISPlainRequest {
  package static let type = RNDISMessageType.halt
  package let requestID: UInt32
  package init(requestID: UInt32) { self.requestID = requestID }
}

/// RNDIS KEEPALIVE: are you there?
package struct RNDISKeepalive: RNDISPlainRequest {
  package static let type = RNDISMessageType.keepalive
  package let requestID: UInt32
  package init(requestID: UInt32) { self.requestID = requestID }
}

/// The answers that have nothing but a status: those to SET and KEEPALIVE.
package protocol RNDISPlainComplete: RNDISControlMessage {
  var requestID: UInt32 { get }
  var status: RNDISStatus { get }
  init(requestID: UInt32, status: RNDISStatus)
}

extension RNDISPlainComplete {
  package static var fixedSize: Int { 16 }

  package init(fields message: RawSpan) {
    self.init(
      requestID: message.loadLittleEndian(at: 8), status: RNDISStatus(rawValue: message.loadLittleEndian(at: 12)))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(requestID, at: 8)
    message.storeLittleEndian(status.rawValue, at: 12)
  }
}

/// RNDIS SET_CMPLT.
package struct RNDISSetComplete: RNDISPlainComplete {
  package static let type = RNDISMessageType.setComplete
  package let requestID: UInt32
  package let status: RNDISStatus

  package init(requestID: UInt32, status: RNDISStatus) {
    self.requestID = requestID
    self.status = status
  }
}

/// RNDIS KEEPALIVE_CMPLT.
package struct RNDISKeepaliveComplete: RNDISPlainComplete {
  package static let type = RNDISMessageType.keepaliveComplete
  package let requestID: UInt32
  package let status: RNDISStatus

  package init(requestID: UInt32, status: RNDISStatus) {
    self.requestID = requestID
    self.status = status
  }
}
