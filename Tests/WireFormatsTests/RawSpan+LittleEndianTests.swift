import Testing
import TestSupport
import WireFormats

@Suite("Little-endian loads and stores")
struct RawSpanLittleEndianTests {
  @Test("fields are loaded at any alignment", arguments: 0..<8)
  func loads(offset: Int) {
    let bytes = [UInt8](repeating: 0xA5, count: offset) + [1, 2, 3, 4, 5, 6, 7, 8]
    let span = bytes.span.bytes
    #expect(span.loadLittleEndian(at: offset, as: UInt16.self) == 0x0201)
    #expect(span.loadLittleEndian(at: offset, as: UInt32.self) == 0x0403_0201)
    #expect(span.loadLittleEndian(at: offset, as: UInt64.self) == 0x0807_0605_0403_0201)
    #expect(span.loadBigEndian(at: offset, as: UInt32.self) == 0x0102_0304)
  }

  @Test("a store writes its bytes and no other")
  func stores() {
    let bytes = poisoned(7) { $0.storeLittleEndian(0x0403_0201 as UInt32, at: 1) }
    #expect(bytes == [0xA5, 1, 2, 3, 4, 0xA5, 0xA5])
    #expect(poisoned(4) { $0.storeBigEndian(0x0102 as UInt16, at: 1) } == [0xA5, 1, 2, 0xA5])
  }

  @Test("bytes are copied to their offset")
  func copies() {
    let source: [UInt8] = [1, 2, 3]
    #expect(poisoned(5) { $0.copyBytes(source.span.bytes, at: 1) } == [0xA5, 1, 2, 3, 0xA5])
    #expect(poisoned(3) { $0.copyBytes(source.span.bytes, at: 0) } == source)
  }

  @Test("every byte can be set to zero", arguments: [0, 1, 7, 8, 9, 40])
  func zeroes(count: Int) {
    #expect(poisoned(count) { $0.zeroFill() } == [UInt8](repeating: 0, count: count))
  }

  @Test("a load beyond the span traps")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let bytes: [UInt8] = [1, 2, 3]
      _ = bytes.span.bytes.loadLittleEndian(at: 0, as: UInt32.self)
    }
  }
}
