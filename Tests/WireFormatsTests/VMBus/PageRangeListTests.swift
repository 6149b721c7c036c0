import Testing
import TestSupport
import WireFormats

@Suite("Page range list")
struct PageRangeListTests {
  /// Everything a list says, to be compared.
  private struct Ranges: Equatable {
    var byteCount: UInt64 = 0
    var ranges: [PageRange] = []
    var pages: [[UInt64]] = []
  }

  private func parse(_ bytes: [UInt8]) throws(WireError) -> Ranges {
    var list = try PageRangeList(parsing: bytes.span.bytes)
    var ranges = Ranges(byteCount: list.byteCount)
    while let element = list.next() {
      ranges.ranges.append(element.range)
      ranges.pages.append((0..<element.range.pageCount).map { list.pageNumber($0, of: element) })
    }
    #expect(ranges.ranges.count == list.rangeCount)
    return ranges
  }

  private func headers(_ vector: HexVector) -> [UInt8] {
    let words = vector.words
    let descriptor = PacketDescriptor(firstWord: words[0], transactionID: words[1])
    return Array(vector.bytes[16..<Int(descriptor.payloadOffset)])
  }

  private func bytes(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
  }

  @Test("the vectors' ranges are read")
  func golden() throws {
    let two = try parse(headers(GoldenVectors.twoRangePacket))
    #expect(two.byteCount == 120)
    #expect(two.ranges == [PageRange(byteCount: 60, byteOffset: 0x100), PageRange(byteCount: 60, byteOffset: 0x200)])
    #expect(two.pages == [[0x12345], [0x23456]])
    let mixed = try parse(headers(GoldenVectors.mixedPacket))
    #expect(mixed.ranges == [PageRange(byteCount: 60, byteOffset: 0x200)])
    let crossing = try parse(headers(GoldenVectors.crossingPacket))
    #expect(crossing.pages == [[0x12345], [0x23456, 0x23457]])
  }

  @Test(
    "a range takes a page number for each page it touches",
    arguments: [(1, 0, 1), (4096, 0, 1), (4097, 0, 2), (4096, 1, 2), (1, 4095, 1), (2, 4095, 2), (9000, 4000, 4)])
  func pageCounts(byteCount: UInt32, byteOffset: UInt32, pageCount: Int) {
    let range = PageRange(byteCount: byteCount, byteOffset: byteOffset)
    #expect(range.pageCount == pageCount)
    #expect(range.encodedSize == 8 + 8 * pageCount)
    #expect(PageRange(firstWord: range.firstWord) == range)
  }

  @Test("every truncation is refused")
  func truncations() {
    let whole = headers(GoldenVectors.crossingPacket)
    HostileBytes.withEveryTruncation(of: whole) { bytes in
      #expect(throws: WireError.self) { try parse(bytes) }
    }
    #expect(throws: WireError.truncated(needed: 8, got: 7)) { try parse(Array(whole[..<7])) }
  }

  @Test("each rule has its error")
  func rules() {
    let page: UInt64 = 0x12345
    #expect(throws: WireError.fieldOutOfRange(.rangeCount, value: 0)) { try parse(bytes([0, 0x3C, page])) }
    #expect(throws: WireError.fieldOutOfRange(.rangeCount, value: 0xFFFF_FFFF)) {
      try parse(bytes([GPADirectHeader.word(rangeCount: .max), 0x3C, page]))
    }
    let one = GPADirectHeader.word(rangeCount: 1)
    #expect(throws: WireError.fieldOutOfRange(.rangeByteCount, value: 0)) { try parse(bytes([one, 0, page])) }
    #expect(throws: WireError.fieldOutOfRange(.rangeByteOffset, value: 4096)) {
      try parse(bytes([one, 0x1000_0000_003C, page]))
    }
    #expect(throws: WireError.fieldOutOfRange(.rangeByteCount, value: 0xFFFF_FFFF)) {
      try parse(bytes([one, 0x0000_0001_FFFF_FFFF, page]))
    }
    #expect(throws: WireError.partOutOfBounds(.pageNumbers, offset: 16, byteCount: 8 << 20, limit: 24)) {
      try parse(bytes([one, 0xFFFF_FFFF, page]))
    }
    #expect(throws: WireError.partOutOfBounds(.pageNumbers, offset: 16, byteCount: 16, limit: 24)) {
      try parse(bytes([one, 0xFFF_0000_0002, page]))
    }
  }

  @Test("words behind the last range are let pass")
  func excess() throws {
    let whole = headers(GoldenVectors.mixedPacket)
    #expect(try parse(whole + [1, 2, 3, 4, 5, 6, 7, 8]) == parse(whole))
  }

  @Test("random ranges come back as they were put in")
  func roundTrips() throws {
    var generator = SeededGenerator()
    for _ in 0..<500 {
      var expected = Ranges()
      var words: [UInt64] = []
      for _ in 0..<Int.random(in: 1...32, using: &generator) {
        let range = PageRange(
          byteCount: .random(in: 1...20_000, using: &generator), byteOffset: .random(in: 0..<4096, using: &generator))
        let pages = (0..<range.pageCount).map { _ in generator.next() }
        words += [range.firstWord] + pages
        expected.byteCount += UInt64(range.byteCount)
        expected.ranges.append(range)
        expected.pages.append(pages)
      }
      words.insert(GPADirectHeader.word(rangeCount: UInt32(expected.ranges.count)), at: 0)
      #expect(try parse(bytes(words)) == expected, "seed \(generator.seed)")
    }
  }
}
