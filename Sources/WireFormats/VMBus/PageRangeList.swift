/// The ranges of a GPA-direct packet, checked once, to be walked without allocation. Copy the list to walk it again.
package struct PageRangeList: ~Escapable {
  /// A range and where its page numbers are.
  package struct Element: Equatable, Sendable {
    package let range: PageRange
    fileprivate let pageNumbersOffset: Int
  }

  private let bytes: RawSpan
  private var offset = Int(GPADirectHeader.byteCount)
  private var remaining: Int
  /// How many ranges the packet has.
  package let rangeCount: Int
  /// The bytes of all ranges together.
  package let byteCount: UInt64

  /// Checks the bytes between the descriptor and the payload of a GPA-direct packet.
  ///
  /// Throws when there is no range, a range breaks the rules of `PageRange`, or its page numbers are not all there.
  /// Words behind the last range are let pass, as other hosts do.
  @_lifetime(copy bytes)
  package init(parsing bytes: RawSpan) throws(WireError) {
    let headerByteCount = Int(GPADirectHeader.byteCount)
    guard bytes.byteCount >= headerByteCount else {
      throw .truncated(needed: headerByteCount, got: bytes.byteCount)
    }
    let count = bytes.loadLittleEndian(at: 4, as: UInt32.self)
    guard count > 0 else { throw .fieldOutOfRange(.rangeCount, value: 0) }
    var end = headerByteCount
    var sum: UInt64 = 0
    // A range takes at least 16 bytes, so the bytes we hold bound the walk, whatever the count claims.
    for _ in 0..<count {
      guard bytes.byteCount - end >= 8 else { throw .fieldOutOfRange(.rangeCount, value: UInt64(count)) }
      let range = PageRange(firstWord: bytes.loadLittleEndian(at: end))
      try range.validate()
      guard range.encodedSize <= bytes.byteCount - end else {
        throw .partOutOfBounds(
          .pageNumbers, offset: UInt64(end + 8), byteCount: UInt64(8 * range.pageCount), limit: UInt64(bytes.byteCount))
      }
      end += range.encodedSize
      sum += UInt64(range.byteCount)
    }
    self.bytes = bytes
    rangeCount = Int(count)
    remaining = Int(count)
    byteCount = sum
  }

  /// The next range; nil behind the last one.
  @_lifetime(self: copy self)
  package mutating func next() -> Element? {
    guard remaining > 0 else { return nil }
    let range = PageRange(firstWord: bytes.loadLittleEndian(at: offset))
    let element = Element(range: range, pageNumbersOffset: offset + 8)
    offset += range.encodedSize
    remaining -= 1
    return element
  }

  /// The number of a range's page; `index` is below the range's page count.
  package func pageNumber(_ index: Int, of element: Element) -> UInt64 {
    precondition(index >= 0 && index < element.range.pageCount, "a range has a number for each of its pages")
    return bytes.loadLittleEndian(at: element.pageNumbersOffset + 8 * index)
  }
}
