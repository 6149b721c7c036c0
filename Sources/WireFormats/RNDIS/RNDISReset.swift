/// RNDIS RESET: begin anew. The only request without a name of its own.
package struct RNDISReset: RNDISControlMessage {
  package static let type = RNDISMessageType.reset
  package static let fixedSize = 12

  package init() {}
  package init(fields message: RawSpan) {}

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {}
}

/// RNDIS RESET_CMPLT.
package struct RNDISResetComplete: RNDISControlMessage {
  package static let type = RNDISMessageType.resetComplete
  package static let fixedSize = 16

  package let status: RNDISStatus
  /// Whether addresses and filters have to be set again.
  package let addressingReset: Bool

  package init(status: RNDISStatus, addressingReset: Bool) {
    self.status = status
    self.addressingReset = addressingReset
  }

  package init(fields message: RawSpan) {
    status = RNDISStatus(rawValue: message.loadLittleEndian(at: 8))
    addressingReset = message.loadLittleEndian(at: 12, as: UInt32.self) != 0
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(status.rawValue, at: 8)
    message.storeLittleEndian(addressingReset ? 1 : 0 as UInt32, at: 12)
  }
}
