/// RNDIS INITIALIZE: the first message of the dialogue.
package struct RNDISInitialize: RNDISControlMessage {
  package static let type = RNDISMessageType.initialize
  package static let fixedSize = 24

  package let requestID: UInt32
  package let majorVersion: UInt32
  package let minorVersion: UInt32
  /// The longest transfer the guest takes, in bytes.
  package let maximumTransferByteCount: UInt32

  /// Proposes version 1.0, the only one.
  package init(requestID: UInt32, maximumTransferByteCount: UInt32 = 0x4000) {
    self.requestID = requestID
    majorVersion = 1
    minorVersion = 0
    self.maximumTransferByteCount = maximumTransferByteCount
  }

  package init(fields message: RawSpan) {
    requestID = message.loadLittleEndian(at: 8)
    majorVersion = message.loadLittleEndian(at: 12)
    minorVersion = message.loadLittleEndian(at: 16)
    maximumTransferByteCount = message.loadLittleEndian(at: 20)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(requestID, at: 8)
    message.storeLittleEndian(majorVersion, at: 12)
    message.storeLittleEndian(minorVersion, at: 16)
    message.storeLittleEndian(maximumTransferByteCount, at: 20)
  }
}

/// What a guest keeps to when it puts several packets into one message.
package struct RNDISTransmitLimits: Equatable, Sendable {
  /// At least 1.
  package let maximumPacketsPerMessage: UInt32
  /// All packets of a message and their padding, in bytes.
  package let maximumTransferByteCount: UInt32
  /// What the length of every packet but the last is a multiple of, in bytes: a power of two from 4 to 4096.
  package let alignment: UInt32
}

/// RNDIS INITIALIZE_CMPLT: the host's limits.
package struct RNDISInitializeComplete: RNDISControlMessage {
  package static let type = RNDISMessageType.initializeComplete
  package static let fixedSize = 52
  /// The greatest alignment factor a guest believes: one page.
  private static let maximumAlignmentFactor: UInt32 = 12

  package let requestID: UInt32
  package let status: RNDISStatus
  package let majorVersion: UInt32
  package let minorVersion: UInt32
  package let maximumPacketsPerMessage: UInt32
  package let maximumTransferByteCount: UInt32
  /// The binary logarithm of the alignment in bytes.
  package let packetAlignmentFactor: UInt32

  /// An answer of version 1.0.
  package init(
    requestID: UInt32, status: RNDISStatus, maximumPacketsPerMessage: UInt32, maximumTransferByteCount: UInt32,
    packetAlignmentFactor: UInt32
  ) {
    self.requestID = requestID
    self.status = status
    majorVersion = 1
    minorVersion = 0
    self.maximumPacketsPerMessage = maximumPacketsPerMessage
    self.maximumTransferByteCount = maximumTransferByteCount
    self.packetAlignmentFactor = packetAlignmentFactor
  }

  package init(fields message: RawSpan) {
    requestID = message.loadLittleEndian(at: 8)
    status = RNDISStatus(rawValue: message.loadLittleEndian(at: 12))
    majorVersion = message.loadLittleEndian(at: 16)
    minorVersion = message.loadLittleEndian(at: 20)
    maximumPacketsPerMessage = message.loadLittleEndian(at: 32)
    maximumTransferByteCount = message.loadLittleEndian(at: 36)
    packetAlignmentFactor = message.loadLittleEndian(at: 40)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(requestID, at: 8)
    message.storeLittleEndian(status.rawValue, at: 12)
    message.storeLittleEndian(majorVersion, at: 16)
    message.storeLittleEndian(minorVersion, at: 20)
    // Connectionless, at 24. The medium at 28 stays 0, which is 802.3; the address family list stays empty.
    message.storeLittleEndian(1 as UInt32, at: 24)
    message.storeLittleEndian(maximumPacketsPerMessage, at: 32)
    message.storeLittleEndian(maximumTransferByteCount, at: 36)
    message.storeLittleEndian(packetAlignmentFactor, at: 40)
  }

  /// The limits, brought to where they can be kept: no packet per message means one, an alignment below 4 means 4.
  ///
  /// Throws when not even an empty packet fits a transfer, or the alignment is beyond a page.
  package func validatedTransmitLimits() throws(WireError) -> RNDISTransmitLimits {
    guard maximumTransferByteCount > RNDISPacketHeader.encodedSize else {
      throw .fieldOutOfRange(.transferByteCount, value: UInt64(maximumTransferByteCount))
    }
    guard packetAlignmentFactor <= Self.maximumAlignmentFactor else {
      throw .fieldOutOfRange(.alignmentFactor, value: UInt64(packetAlignmentFactor))
    }
    return RNDISTransmitLimits(
      maximumPacketsPerMessage: max(maximumPacketsPerMessage, 1),
      maximumTransferByteCount: maximumTransferByteCount, alignment: max(1 << packetAlignmentFactor, 4))
  }
}
