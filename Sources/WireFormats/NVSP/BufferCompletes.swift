/// How a host cuts the receive buffer: sub-allocations of equal size, each for one message.
package struct ReceiveBufferSection: Equatable, Sendable {
  static let encodedSize = 16

  /// Where the section begins in the buffer, in bytes.
  package let byteOffset: UInt32
  package let subAllocationByteCount: UInt32
  package let subAllocationCount: UInt32
  package let endOffset: UInt32

  package init(byteOffset: UInt32, subAllocationByteCount: UInt32, subAllocationCount: UInt32, endOffset: UInt32) {
    self.byteOffset = byteOffset
    self.subAllocationByteCount = subAllocationByteCount
    self.subAllocationCount = subAllocationCount
    self.endOffset = endOffset
  }
}

/// The shortest section or sub-allocation a guest accepts, in bytes; Linux has the same bound.
private let minimumSectionByteCount: UInt32 = 68

/// NVSP message 102: the host's answer to message 101.
package struct SendReceiveBufferComplete: NVSPMessage {
  package static let type = NVSPMessageType.sendReceiveBufferComplete
  package static let encodedSize = 12

  package let status: NVSPStatus
  /// How many sections the host claims; guests work with exactly one.
  package let sectionCount: UInt32
  /// The first section; nil when there is none.
  package let section: ReceiveBufferSection?

  /// The bytes this answer takes: those of a message, and the section's when there is one.
  package var encodedSize: Int { Self.encodedSize + (section == nil ? 0 : ReceiveBufferSection.encodedSize) }

  package init(status: NVSPStatus, section: ReceiveBufferSection?) {
    self.status = status
    sectionCount = section == nil ? 0 : 1
    self.section = section
  }

  package init(fields message: RawSpan) throws(WireError) {
    status = NVSPStatus(rawValue: message.loadLittleEndian(at: 4))
    sectionCount = message.loadLittleEndian(at: 8)
    guard sectionCount > 0 else {
      section = nil
      return
    }
    let needed = Self.encodedSize + ReceiveBufferSection.encodedSize
    guard message.byteCount >= needed else { throw .truncated(needed: needed, got: message.byteCount) }
    section = ReceiveBufferSection(
      byteOffset: message.loadLittleEndian(at: 12), subAllocationByteCount: message.loadLittleEndian(at: 16),
      subAllocationCount: message.loadLittleEndian(at: 20), endOffset: message.loadLittleEndian(at: 24))
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(status.rawValue, at: 4)
    message.storeLittleEndian(sectionCount, at: 8)
    guard let section else { return }
    message.storeLittleEndian(section.byteOffset, at: 12)
    message.storeLittleEndian(section.subAllocationByteCount, at: 16)
    message.storeLittleEndian(section.subAllocationCount, at: 20)
    message.storeLittleEndian(section.endOffset, at: 24)
  }

  /// The one section, checked against the buffer that was lent, in bytes.
  ///
  /// Throws when there is not exactly one, it does not begin at 0, its sub-allocations are too small, or they do not
  /// fit into the buffer.
  package func validatedSection(bufferByteCount: UInt64) throws(WireError) -> ReceiveBufferSection {
    guard let section, sectionCount == 1 else { throw .fieldOutOfRange(.sectionCount, value: UInt64(sectionCount)) }
    guard section.byteOffset == 0 else {
      throw .fieldOutOfRange(.sectionOffset, value: UInt64(section.byteOffset))
    }
    guard section.subAllocationByteCount >= minimumSectionByteCount else {
      throw .fieldOutOfRange(.sectionByteCount, value: UInt64(section.subAllocationByteCount))
    }
    let needed = UInt64(section.subAllocationByteCount) * UInt64(section.subAllocationCount)
    guard section.subAllocationCount > 0, needed <= bufferByteCount else {
      throw .partOutOfBounds(.sections, offset: 0, byteCount: needed, limit: bufferByteCount)
    }
    return section
  }
}

/// NVSP message 105: the host's answer to message 104.
package struct SendSendBufferComplete: NVSPMessage {
  package static let type = NVSPMessageType.sendSendBufferComplete
  package static let encodedSize = 12

  package let status: NVSPStatus
  /// Section i begins at byte i times this of the send buffer.
  package let sectionByteCount: UInt32

  package init(status: NVSPStatus, sectionByteCount: UInt32) {
    self.status = status
    self.sectionByteCount = sectionByteCount
  }

  package init(fields message: RawSpan) {
    status = NVSPStatus(rawValue: message.loadLittleEndian(at: 4))
    sectionByteCount = message.loadLittleEndian(at: 8)
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(status.rawValue, at: 4)
    message.storeLittleEndian(sectionByteCount, at: 8)
  }

  /// The size of a section, checked against the buffer that was lent, in bytes.
  ///
  /// Throws when it is too small, larger than the buffer, or not made of whole words.
  package func validatedSectionByteCount(bufferByteCount: UInt64) throws(WireError) -> UInt32 {
    guard sectionByteCount >= minimumSectionByteCount, sectionByteCount % 8 == 0, sectionByteCount <= bufferByteCount
    else { throw .fieldOutOfRange(.sectionByteCount, value: UInt64(sectionByteCount)) }
    return sectionByteCount
  }
}
