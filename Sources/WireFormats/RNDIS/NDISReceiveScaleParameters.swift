/// Data of `OID.receiveScaleParameters`, revision 2: which channel takes the received frames of each hash value.
package struct NDISReceiveScaleParameters: OIDValue {
  /// What a change leaves as it is, or switches off.
  package struct Flags: OptionSet, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let baseCPUUnchanged = Self(rawValue: 0x01)
    package static let hashUnchanged = Self(rawValue: 0x02)
    package static let tableUnchanged = Self(rawValue: 0x04)
    package static let keyUnchanged = Self(rawValue: 0x08)
    package static let disabled = Self(rawValue: 0x10)
  }

  /// The end of the last field of each revision.
  private static let fieldByteCounts = [28, 40]
  private static let fixedSize = 40

  package let flags: Flags
  package let baseCPU: UInt16
  package let hash: ReceiveScaleHash
  /// Channel indices; empty only with a flag that says why. Whether each is a channel is the host's to check.
  package let indirectionTable: [UInt32]
  /// nil only with a flag that says why.
  package let key: ToeplitzKey?

  package var encodedSize: Int {
    Self.fixedSize + 4 * indirectionTable.count + (key == nil ? 0 : ToeplitzKey.byteCount)
  }

  /// A table of at most 16383 entries, so that its size in bytes has 16 bits.
  package init(
    flags: Flags = [], baseCPU: UInt16 = 0, hash: ReceiveScaleHash, indirectionTable: [UInt32], key: ToeplitzKey?
  ) {
    precondition(indirectionTable.count <= Int(UInt16.max) / 4, "the table's size has 16 bits")
    self.flags = flags
    self.baseCPU = baseCPU
    self.hash = hash
    self.indirectionTable = indirectionTable
    self.key = key
  }

  package init(parsing bytes: RawSpan) throws(WireError) {
    _ = try NDISObjectHeader(parsing: bytes, kind: .receiveScaleParameters, minimumByteCounts: Self.fieldByteCounts)
    flags = Flags(rawValue: bytes.loadLittleEndian(at: 4))
    baseCPU = bytes.loadLittleEndian(at: 6)
    hash = ReceiveScaleHash(rawValue: bytes.loadLittleEndian(at: 8))

    let tableByteCount: UInt16 = bytes.loadLittleEndian(at: 12)
    let tableMayBeMissing = !flags.isDisjoint(with: [.disabled, .tableUnchanged])
    guard tableByteCount % 4 == 0, tableByteCount > 0 || tableMayBeMissing else {
      throw .fieldOutOfRange(.table, value: UInt64(tableByteCount))
    }
    let table = try Self.part(.table, offsetField: 16, byteCount: Int(tableByteCount), in: bytes)
    indirectionTable = stride(from: 0, to: table.byteCount, by: 4).map { table.loadLittleEndian(at: $0) }

    let keyByteCount: UInt16 = bytes.loadLittleEndian(at: 20)
    let keyMayBeMissing = !flags.isDisjoint(with: [.disabled, .keyUnchanged])
    guard keyByteCount == ToeplitzKey.byteCount || keyByteCount == 0 && keyMayBeMissing else {
      throw .fieldOutOfRange(.hashKey, value: UInt64(keyByteCount))
    }
    let keyBytes = try Self.part(.hashKey, offsetField: 24, byteCount: Int(keyByteCount), in: bytes)
    key = keyBytes.isEmpty ? nil : ToeplitzKey(keyBytes)
  }

  /// The part whose offset from the structure's first byte is at `offsetField`; empty parts are anywhere.
  @_lifetime(copy bytes)
  private static func part(
    _ part: WireField, offsetField: Int, byteCount: Int, in bytes: RawSpan
  ) throws(WireError) -> RawSpan {
    guard byteCount > 0 else { return bytes.extracting(0..<0) }
    let offset = Int(bytes.loadLittleEndian(at: offsetField, as: UInt32.self))
    guard offset >= fieldByteCounts[0], offset + byteCount <= bytes.byteCount else {
      throw .partOutOfBounds(
        part, offset: UInt64(offset), byteCount: UInt64(byteCount), limit: UInt64(bytes.byteCount))
    }
    return bytes.extracting(offset..<offset + byteCount)
  }

  @_lifetime(out: copy out)
  package func emit(into out: inout MutableRawSpan) {
    precondition(out.byteCount >= encodedSize, "a structure fits its space")
    out.zeroFill()
    NDISObjectHeader(kind: .receiveScaleParameters, revision: 2, structureByteCount: UInt16(Self.fixedSize))
      .emit(into: &out)
    let tableByteCount = 4 * indirectionTable.count
    out.storeLittleEndian(flags.rawValue, at: 4)
    out.storeLittleEndian(baseCPU, at: 6)
    out.storeLittleEndian(hash.rawValue, at: 8)
    out.storeLittleEndian(UInt16(tableByteCount), at: 12)
    out.storeLittleEndian(UInt32(Self.fixedSize), at: 16)
    out.storeLittleEndian(UInt16(key == nil ? 0 : ToeplitzKey.byteCount), at: 20)
    out.storeLittleEndian(UInt32(Self.fixedSize + tableByteCount), at: 24)
    for (index, entry) in indirectionTable.enumerated() {
      out.storeLittleEndian(entry, at: Self.fixedSize + 4 * index)
    }
    key?.store(into: &out, at: Self.fixedSize + tableByteCount)
  }
}
