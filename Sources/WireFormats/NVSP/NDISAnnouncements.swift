/// NVSP message 100: the NDIS version of the guest's network stack. It has no answer.
package struct SendNDISVersion: NVSPMessage {
  package static let type = NVSPMessageType.sendNDISVersion
  package static let encodedSize = 12

  package let major: UInt32
  package let minor: UInt32

  package init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  package init(fields message: RawSpan) {
    major = message.loadLittleEndian(at: 4)
    minor = message.loadLittleEndian(at: 8)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(major, at: 4)
    message.storeLittleEndian(minor, at: 8)
  }
}

/// NVSP message 125: the frame size and the features the guest wants. It has no answer.
package struct SendNDISConfiguration: NVSPMessage {
  package static let type = NVSPMessageType.sendNDISConfiguration
  package static let encodedSize = 20

  /// What a guest and its host may do beyond plain frames.
  package struct Capabilities: OptionSet, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let virtualMachineQueue = Self(rawValue: 1 << 0)
    package static let chimney = Self(rawValue: 1 << 1)
    package static let singleRootIOVirtualization = Self(rawValue: 1 << 2)
    package static let ieee8021Q = Self(rawValue: 1 << 3)
    package static let correlationID = Self(rawValue: 1 << 4)
    package static let teaming = Self(rawValue: 1 << 5)
    package static let virtualSubnetID = Self(rawValue: 1 << 6)
    package static let receiveSegmentCoalescing = Self(rawValue: 1 << 7)
  }

  /// The longest frame in bytes: the IP MTU and 14 of Ethernet header.
  package let frameByteCount: UInt32
  package let capabilities: Capabilities

  package init(frameByteCount: UInt32, capabilities: Capabilities) {
    self.frameByteCount = frameByteCount
    self.capabilities = capabilities
  }

  package init(fields message: RawSpan) {
    frameByteCount = message.loadLittleEndian(at: 4)
    capabilities = Capabilities(rawValue: message.loadLittleEndian(at: 12))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(frameByteCount, at: 4)
    message.storeLittleEndian(capabilities.rawValue, at: 12)
  }
}
