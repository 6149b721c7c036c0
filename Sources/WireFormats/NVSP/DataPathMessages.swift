/// NVSP message 128: a virtual function of a real NIC came or went.
package struct SendVFAssociation: NVSPMessage {
  package static let type = NVSPMessageType.sendVFAssociation
  package static let encodedSize = 12

  package let isAllocated: Bool
  package let serialNumber: UInt32

  package init(isAllocated: Bool, serialNumber: UInt32) {
    self.isAllocated = isAllocated
    self.serialNumber = serialNumber
  }

  package init(fields message: RawSpan) {
    isAllocated = message.loadLittleEndian(at: 4, as: UInt32.self) != 0
    serialNumber = message.loadLittleEndian(at: 8)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(isAllocated ? 1 : 0 as UInt32, at: 4)
    message.storeLittleEndian(serialNumber, at: 8)
  }
}

/// Which way a guest's frames take.
package struct NVSPDataPath: WireCode {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let synthetic = Self(rawValue: 0)
  package static let virtualFunction = Self(rawValue: 1)

  package var name: String? {
    switch self {
    case .synthetic: "synthetic"
    case .virtualFunction: "virtual function"
    default: nil
    }
  }
}

/// NVSP message 129: frames take another way from now on.
package struct SwitchDataPath: NVSPMessage {
  package static let type = NVSPMessageType.switchDataPath
  package static let encodedSize = 8

  package let active: NVSPDataPath

  package init(active: NVSPDataPath) { self.active = active }

  package init(fields message: RawSpan) { active = NVSPDataPath(rawValue: message.loadLittleEndian(at: 4)) }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) { message.storeLittleEndian(active.rawValue, at: 4) }
}
