/// NVSP message 1: the guest proposes a version.
package struct NVSPInitialize: NVSPMessage {
  package static let type = NVSPMessageType.initialize
  package static let encodedSize = 12

  package let minimumVersion: NVSPVersion
  package let maximumVersion: NVSPVersion

  /// Proposes exactly `version`, as guests do: one message per version, the highest first.
  package init(version: NVSPVersion) {
    minimumVersion = version
    maximumVersion = version
  }

  package init(fields message: RawSpan) {
    minimumVersion = NVSPVersion(rawValue: message.loadLittleEndian(at: 4))
    maximumVersion = NVSPVersion(rawValue: message.loadLittleEndian(at: 8))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(minimumVersion.rawValue, at: 4)
    message.storeLittleEndian(maximumVersion.rawValue, at: 8)
  }
}

/// NVSP message 2: the host takes the version (status success) or not. The status alone decides.
package struct NVSPInitializeComplete: NVSPMessage {
  package static let type = NVSPMessageType.initializeComplete
  package static let encodedSize = 16

  /// Means nothing any more; hosts put 0xffffffff, and 2 for version 1.
  package let negotiatedVersion: UInt32
  package let maximumMDLChainLength: UInt32
  package let status: NVSPStatus

  package init(negotiatedVersion: UInt32 = .max, maximumMDLChainLength: UInt32 = 34, status: NVSPStatus) {
    self.negotiatedVersion = negotiatedVersion
    self.maximumMDLChainLength = maximumMDLChainLength
    self.status = status
  }

  package init(fields message: RawSpan) {
    negotiatedVersion = message.loadLittleEndian(at: 4)
    maximumMDLChainLength = message.loadLittleEndian(at: 8)
    status = NVSPStatus(rawValue: message.loadLittleEndian(at: 12))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(negotiatedVersion, at: 4)
    message.storeLittleEndian(maximumMDLChainLength, at: 8)
    message.storeLittleEndian(status.rawValue, at: 12)
  }
}
