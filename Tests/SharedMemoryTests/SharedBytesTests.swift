import SharedMemory
import TestSupport
import Testing

@Suite("A window on shared bytes")
struct SharedBytesTests {
  /// A region whose byte at offset n is n, modulo 251, so that neighbours and words differ.
  private static func counted(_ byteCount: Int = 4096) throws -> SharedBytes {
    let bytes = try SharedRegion(byteCount: byteCount).bytes
    bytes.write((0..<bytes.byteCount).map { UInt8($0 % 251) }, at: 0)
    return bytes
  }

  private static func setByte(at offset: Int, of bytes: SharedBytes) {
    var span = bytes.mutableSpan(offset..<offset + 1)
    span.storeBytes(of: 0xFF, toByteOffset: 0, as: UInt8.self)
  }

  /// What a copy into `count` bytes of our own holds.
  private static func copy(_ range: Range<Int>, of bytes: SharedBytes, count: Int) -> [UInt8] {
    var copy = [UInt8](repeating: 0xEE, count: count)
    var elements = copy.mutableSpan
    var out = elements.mutableBytes
    bytes.copy(range, into: &out)
    return copy
  }

  @Test("copies out any range, aligned or not", arguments: 0..<9, [0, 1, 7, 8, 9, 16, 17, 100])
  func copy(offset: Int, count: Int) throws {
    let bytes = try Self.counted()
    let copy = Self.copy(offset..<offset + count, of: bytes, count: count)
    #expect(copy == (offset..<offset + count).map { UInt8($0 % 251) })
    guard count > 0 else { return }
    let owned = bytes.copy(offset..<offset + count)
    let ownedCopy = owned.copy(0..<owned.byteCount)
    #expect(ownedCopy == copy)
  }

  @Test("is written where told and nowhere else", arguments: 0..<9, [0, 1, 8, 15])
  func write(offset: Int, count: Int) throws {
    let bytes = try Self.counted()
    bytes.write([UInt8](repeating: 0xFF, count: count), at: offset)
    let expected = (0..<64).map { offset..<offset + count ~= $0 ? 0xFF : UInt8($0 % 251) }
    #expect(bytes.array(0..<64) == expected)
  }

  @Test("is cleared where told and nowhere else")
  func clear() throws {
    let bytes = try Self.counted()
    bytes.clear(3..<21)
    #expect(bytes.array(0..<32) == (0..<32).map { 3..<21 ~= $0 ? 0 : UInt8($0) })
    bytes.clear(5..<5)
  }

  @Test("has parts that see the same bytes")
  func part() throws {
    let bytes = try Self.counted()
    let part = bytes.part(10..<30).part(5..<10)
    #expect(part.byteCount == 5)
    #expect(part.array(0..<5) == [15, 16, 17, 18, 19])
    part.write([99], at: 4)
    #expect(bytes.array(18..<21) == [18, 99, 20])
    #expect(bytes.part(30..<30).byteCount == 0)
  }

  @Test("can be written through a span")
  func mutableSpan() throws {
    let bytes = try Self.counted()
    Self.setByte(at: 8, of: bytes)
    #expect(bytes.array(7..<10) == [7, 0xFF, 9])
  }

  @Test("may be of memory that no other process sees, on a cache line", arguments: [1, 24, 64, 5000])
  func allocated(byteCount: Int) {
    let bytes = SharedBytes(allocating: byteCount)
    #expect(bytes.byteCount == byteCount)
    bytes.clear(0..<byteCount)
    let last = bytes.part(byteCount - 1..<byteCount)
    last.write([7], at: 0)
    #expect(bytes.array == [UInt8](repeating: 0, count: byteCount - 1) + [7])
    let address = bytes.span(0..<1).withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address % 64 == 0)
  }

  @Test("traps on a range that does not lie inside it")
  func bounds() async {
    await #expect(processExitsWith: .trap) {
      let window = try SharedRegion(byteCount: 4096).bytes(0..<16)
      _ = window.part(0..<17)
    }
    await #expect(processExitsWith: .trap) {
      _ = try SharedRegion(byteCount: 4096).bytes(8..<16).array(-1..<1)
    }
    await #expect(processExitsWith: .trap) {
      Self.setByte(at: 16, of: try SharedRegion(byteCount: 4096).bytes(0..<16))
    }
    await #expect(processExitsWith: .trap) {
      let window = try SharedRegion(byteCount: 4096).bytes(0..<16)
      window.write([1, 2], at: 15)
    }
    await #expect(processExitsWith: .trap) {
      let window = try SharedRegion(byteCount: 4096).bytes(0..<16)
      window.clear(9..<17)
    }
    await #expect(processExitsWith: .trap) { _ = SharedBytes(allocating: 8).part(0..<9) }
    await #expect(processExitsWith: .trap) { _ = SharedBytes(allocating: 0) }
  }

  @Test("traps on a copy that is not of its span's size")
  func copySize() async {
    await #expect(processExitsWith: .trap) {
      _ = Self.copy(0..<8, of: try SharedRegion(byteCount: 4096).bytes, count: 9)
    }
    await #expect(processExitsWith: .trap) {
      _ = Self.copy(9..<17, of: try SharedRegion(byteCount: 4096).bytes(0..<16), count: 8)
    }
  }
}
