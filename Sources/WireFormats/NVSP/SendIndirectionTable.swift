/// NVSP message 134: which channel the host wants the packets of each hash value on.
package struct SendIndirectionTable: NVSPMessage {
  package static let type = NVSPMessageType.sendIndirectionTable
  package static let encodedSize = tableOffset + tableByteCount
  package static let entryCount = 16

  /// Where the table is in the messages we send: right behind the fixed part.
  private static let tableOffset = 12
  private static let tableByteCount = 4 * entryCount
  /// Where hosts of the 28-byte messages put it, whatever their messages say.
  private static let legacyTableOffset = 40

  /// Channel indices as the host sent them. A receiver reduces each modulo its open channels.
  package let entries: [UInt32]

  /// A table of 16 channel indices.
  package init(entries: [UInt32]) {
    precondition(entries.count == Self.entryCount, "an indirection table has 16 entries")
    self.entries = entries
  }

  /// Reads the message of a host with which `version` was agreed.
  ///
  /// Some hosts of version 6 and before state a wrong offset: when their message is long enough to hold a table at byte
  /// 40, it is there. Throws when there are not 16 entries, or they do not lie inside the message.
  package init(parsing bytes: RawSpan, version: NVSPVersion) throws(WireError) {
    try Self.check(bytes)
    if version <= .v6, bytes.byteCount >= Self.legacyTableOffset + Self.tableByteCount {
      try self.init(message: bytes, tableOffset: UInt32(Self.legacyTableOffset))
    } else {
      try self.init(fields: bytes)
    }
  }

  /// Reads the table where the message says it is.
  package init(fields message: RawSpan) throws(WireError) {
    try self.init(message: message, tableOffset: message.loadLittleEndian(at: 8))
  }

  private init(message: RawSpan, tableOffset: UInt32) throws(WireError) {
    let count: UInt32 = message.loadLittleEndian(at: 4)
    guard count == Self.entryCount else { throw .fieldOutOfRange(.tableEntryCount, value: UInt64(count)) }
    let offset = Int(tableOffset)
    guard offset >= Self.tableOffset, offset <= message.byteCount - Self.tableByteCount else {
      throw .partOutOfBounds(
        .table, offset: UInt64(offset), byteCount: UInt64(Self.tableByteCount), limit: UInt64(message.byteCount))
    }
    entries = (0..<Self.entryCount).map { message.loadLittleEndian(at: offset + 4 * $0) }
  }

  @_lifetime(message: copy message)
  package func storeFields(into message: inout MutableRawSpan) {
    message.storeLittleEndian(UInt32(Self.entryCount), at: 4)
    message.storeLittleEndian(UInt32(Self.tableOffset), at: 8)
    for (index, entry) in entries.enumerated() {
      message.storeLittleEndian(entry, at: Self.tableOffset + 4 * index)
    }
  }
}
