/// How a host spreads received frames over channels: a hash function (low byte) and the packets it covers.
package struct ReceiveScaleHash: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let toeplitz = Self(rawValue: 0x01)
  package static let ipv4 = Self(rawValue: 0x100)
  package static let tcpIPv4 = Self(rawValue: 0x200)
  package static let ipv6 = Self(rawValue: 0x400)
  package static let ipv6Extensions = Self(rawValue: 0x800)
  package static let tcpIPv6 = Self(rawValue: 0x1000)
  package static let tcpIPv6Extensions = Self(rawValue: 0x2000)
  package static let udpIPv4 = Self(rawValue: 0x4000)
  package static let udpIPv6 = Self(rawValue: 0x8000)
}

/// Data of `OID.receiveScaleCapabilities`, revision 2.
package struct NDISReceiveScaleCapabilities: OIDValue {
  /// The end of the last field of each revision; the structure itself is padded to whole words.
  private static let fieldByteCounts = [16, 18]
  package var encodedSize: Int { 20 }

  /// What the input of a query for this structure begins with; the rest of its bytes are zero.
  package static let queryHeader = NDISObjectHeader(
    kind: .receiveScaleCapabilities, revision: 2, structureByteCount: 20)

  package let hash: ReceiveScaleHash
  package let interruptMessageCount: UInt32
  package let receiveQueueCount: UInt32
  /// 0 from a host of revision 1, which does not tell.
  package let indirectionEntryCount: UInt16

  package init(
    hash: ReceiveScaleHash, interruptMessageCount: UInt32, receiveQueueCount: UInt32, indirectionEntryCount: UInt16
  ) {
    self.hash = hash
    self.interruptMessageCount = interruptMessageCount
    self.receiveQueueCount = receiveQueueCount
    self.indirectionEntryCount = indirectionEntryCount
  }

  package init(parsing bytes: RawSpan) throws(WireError) {
    let header = try NDISObjectHeader(
      parsing: bytes, kind: .receiveScaleCapabilities, minimumByteCounts: Self.fieldByteCounts)
    hash = ReceiveScaleHash(rawValue: bytes.loadLittleEndian(at: 4))
    interruptMessageCount = bytes.loadLittleEndian(at: 8)
    receiveQueueCount = bytes.loadLittleEndian(at: 12)
    indirectionEntryCount = header.revision >= 2 ? bytes.loadLittleEndian(at: 16) : 0
  }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    precondition(out.byteCount >= encodedSize, "a structure fits its space")
    out.zeroFill()
    NDISObjectHeader(kind: .receiveScaleCapabilities, revision: 2, structureByteCount: 18).emit(into: &out)
    out.storeLittleEndian(hash.rawValue, at: 4)
    out.storeLittleEndian(interruptMessageCount, at: 8)
    out.storeLittleEndian(receiveQueueCount, at: 12)
    out.storeLittleEndian(indirectionEntryCount, at: 16)
  }
}
