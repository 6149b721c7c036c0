import SharedMemory
import TestSupport
import Testing

@Suite("A window on mapped bytes")
struct MappedBytesTests {
  /// Shared bytes that hold `contents`.
  private static func shared(_ contents: [UInt8]) -> SharedBytes {
    let bytes = SharedBytes(allocating: contents.count)
    bytes.write(contents.span.bytes, at: 0)
    return bytes
  }

  /// Writes a packet of `byteCount` bytes from `byteOffset` of 64 bytes into a window of 64.
  private static func write(_ byteCount: UInt32, from byteOffset: UInt32, paddedTo paddedByteCount: Int) {
    let bytes = shared([UInt8](repeating: 0, count: 80))
    let source = [UInt8](repeating: 1, count: 64)
    bytes.mapped.part(0, 64).write(
      header: [1, 2], 0, copying: source.span.bytes, from: byteOffset, byteCount, paddedTo: paddedByteCount)
  }

  @Test("takes a header, a copy of any length and its padding, and no other byte changes", arguments: [0, 3, 8])
  func packets(place: Int) throws {
    let source = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
    let before = [UInt8](repeating: 0xA5, count: 800)
    for byteCount in Array(0...200) + [255, 256, 511, 650] {
      let padded = (20 + byteCount + 7) / 8 * 8
      let bytes = Self.shared(before)
      bytes.mapped.part(place, 780).write(
        header: [0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908], 0x1312_1110, copying: source.span.bytes, from: 33,
        UInt32(byteCount), paddedTo: padded)
      let written = Array(0..<20) + source[33..<33 + byteCount] + Array(repeating: 0, count: padded - 20 - byteCount)
      let expected = before[..<place] + written + before[(place + padded)...]
      let copy = bytes.copy(0..<800)
      let after = copy.copy(0..<800)
      #expect(after == Array(expected), "\(byteCount) bytes")
    }
  }

  @Test("traps where a part does not lie inside")
  func traps() async {
    // All that fits, which shows that it is the sizes that trap.
    Self.write(44, from: 20, paddedTo: 64)
    await #expect(processExitsWith: .failure) { Self.write(44, from: 20, paddedTo: 72) }
    await #expect(processExitsWith: .failure) { Self.write(45, from: 0, paddedTo: 64) }
    await #expect(processExitsWith: .failure) { Self.write(44, from: 21, paddedTo: 64) }
    await #expect(processExitsWith: .failure) { _ = SharedBytes(allocating: 64).mapped.suffix(from: 65) }
    await #expect(processExitsWith: .failure) { _ = SharedBytes(allocating: 64).mapped.suffix(from: -1) }
  }

  @Test("gives the words it begins with, where they are aligned")
  func words() {
    let bytes = Self.shared(Array(0..<64))
    #expect(Self.firstWord(of: bytes.mapped) == 0x0706_0504_0302_0100)
    #expect(Self.firstWord(of: bytes.mapped.suffix(from: 8)) == 0x0F0E_0D0C_0B0A_0908)
    #expect(Self.firstWord(of: bytes.mapped.suffix(from: 4)) == nil)
  }

  private static func firstWord(of bytes: MappedBytes) -> UInt64? {
    guard let words: InlineArray<2, UInt64> = bytes.loadAlignedWords() else { return nil }
    return words[0]
  }
}
