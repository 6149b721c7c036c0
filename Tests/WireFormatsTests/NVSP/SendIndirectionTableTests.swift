import Testing
import TestSupport
import WireFormats

@Suite("Indirection table message")
struct SendIndirectionTableTests {
  /// A message with a table at `place`, which states `offset`.
  private func message(count: UInt32 = 16, stating offset: UInt32, tableAt place: Int, byteCount: Int) -> [UInt8] {
    poisoned(byteCount) { out in
      out.storeLittleEndian(134 as UInt32, at: 0)
      out.storeLittleEndian(count, at: 4)
      out.storeLittleEndian(offset, at: 8)
      for index in 0..<16 { out.storeLittleEndian(UInt32(index % 3), at: place + 4 * index) }
    }
  }

  private func parse(_ bytes: [UInt8], _ version: NVSPVersion) throws(WireError) -> [UInt32] {
    try SendIndirectionTable(parsing: bytes.span.bytes, version: version).entries
  }

  private let entries: [UInt32] = (0..<16).map { $0 % 3 }

  @Test("the table is sent behind the fixed part", arguments: [76, 80])
  func emits(byteCount: Int) throws {
    let bytes = poisoned(byteCount) { SendIndirectionTable(entries: entries).emit(into: &$0) }
    #expect(bytes == message(stating: 12, tableAt: 12, byteCount: 76) + [UInt8](repeating: 0, count: byteCount - 76))
    for version in NVSPVersion.tryOrder { #expect(try parse(bytes, version) == entries) }
  }

  @Test(
    "an old host's long message has its table at 40, whatever it states", arguments: [0, 12, 28, 40, .max] as [UInt32])
  func quirk(offset: UInt32) throws {
    let bytes = message(stating: offset, tableAt: 40, byteCount: 104)
    for version in [NVSPVersion.v5, .v6] { #expect(try parse(bytes, version) == entries) }
  }

  @Test("otherwise the stated offset counts")
  func stated() throws {
    #expect(try parse(message(stating: 40, tableAt: 40, byteCount: 104), .v6_1) == entries)
    #expect(try parse(message(stating: 28, tableAt: 28, byteCount: 104), .v6_1) == entries)
    // One byte short of a table at 40.
    #expect(try parse(message(stating: 12, tableAt: 12, byteCount: 103), .v6) == entries)
  }

  @Test("a table outside the message is refused", arguments: [0, 11, 17, 0x7FFF_FFFF, .max - 3, .max] as [UInt32])
  func hostileOffsets(offset: UInt32) {
    #expect(throws: WireError.partOutOfBounds(.table, offset: UInt64(offset), byteCount: 64, limit: 80)) {
      try parse(message(stating: offset, tableAt: 12, byteCount: 80), .v6_1)
    }
  }

  @Test("a table has 16 entries", arguments: [0, 15, 17, 0x4000_0000, .max] as [UInt32])
  func hostileCounts(count: UInt32) {
    for version in [NVSPVersion.v5, .v6_1] {
      #expect(throws: WireError.fieldOutOfRange(.tableEntryCount, value: UInt64(count))) {
        try parse(message(count: count, stating: 12, tableAt: 12, byteCount: 200), version)
      }
    }
  }

  @Test("every truncation is refused")
  func truncations() {
    HostileBytes.withEveryTruncation(of: message(stating: 12, tableAt: 12, byteCount: 76)) { bytes in
      #expect(throws: WireError.self) { try parse(bytes, .v5) }
      #expect(throws: WireError.self) { try parse(bytes, .v6_1) }
    }
  }
}
