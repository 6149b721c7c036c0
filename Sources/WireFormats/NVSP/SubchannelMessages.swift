/// NVSP message 133 as a guest sends it: more channels, please.
package struct SubchannelRequest: NVSPMessage {
  package static let type = NVSPMessageType.subchannel
  package static let encodedSize = 12
  /// The one operation there is.
  package static let allocate: UInt32 = 1

  package let operation: UInt32
  /// How many channels beside the primary one.
  package let subchannelCount: UInt32

  package init(operation: UInt32 = allocate, subchannelCount: UInt32) {
    self.operation = operation
    self.subchannelCount = subchannelCount
  }

  package init(fields message: RawSpan) {
    operation = message.loadLittleEndian(at: 4)
    subchannelCount = message.loadLittleEndian(at: 8)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(operation, at: 4)
    message.storeLittleEndian(subchannelCount, at: 8)
  }
}

/// NVSP message 133 as a host sends it: the answer, under the number of the request.
package struct SubchannelComplete: NVSPMessage {
  package static let type = NVSPMessageType.subchannel
  package static let encodedSize = 12

  package let status: NVSPStatus
  /// How many channels the host will offer. The guest compares it with what it asked for.
  package let subchannelCount: UInt32

  package init(status: NVSPStatus, subchannelCount: UInt32) {
    self.status = status
    self.subchannelCount = subchannelCount
  }

  package init(fields message: RawSpan) {
    status = NVSPStatus(rawValue: message.loadLittleEndian(at: 4))
    subchannelCount = message.loadLittleEndian(at: 8)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(status.rawValue, at: 4)
    message.storeLittleEndian(subchannelCount, at: 8)
  }
}
