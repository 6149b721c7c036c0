/// The info elements of a packet, checked one by one as they are walked.
package struct PerPacketInfoList: ~Escapable {
  /// An element a peer sent.
  package struct Element: Equatable, Sendable {
    package let type: PerPacketInfoType
    /// The first four bytes of the data. They are there for every type that has a name here; 0 for an unknown type
    /// with less.
    package let value: UInt32
    /// Where the data is, in bytes from the list's first.
    package let data: Range<Int>
  }

  private let bytes: RawSpan
  private var offset = 0

  /// The elements in `bytes`, which hold nothing else.
  @_lifetime(copy bytes)
  package init(parsing bytes: RawSpan) { self.bytes = bytes }

  /// The next element; nil at the end.
  ///
  /// Each call goes on by 12 bytes or more, or throws: when an element's size is too small, odd, or beyond the list, or
  /// its data is not inside it or shorter than its type needs. After a throw the walk is over.
  @_lifetime(self: copy self)
  package mutating func next() throws(WireError) -> Element? {
    let remaining = bytes.byteCount - offset
    guard remaining > 0 else { return nil }
    let start = offset
    offset = bytes.byteCount
    let headerByteCount = Int(PerPacketInfo.headerByteCount)
    guard remaining >= headerByteCount else { throw .truncated(needed: headerByteCount, got: remaining) }
    let size: UInt32 = bytes.loadLittleEndian(at: start)
    guard size >= headerByteCount, size % 4 == 0, size <= remaining else {
      throw .fieldOutOfRange(.perPacketInfoByteCount, value: UInt64(size))
    }
    let type = PerPacketInfoType(rawValue: bytes.loadLittleEndian(at: start + 4))
    let dataOffset: UInt32 = bytes.loadLittleEndian(at: start + 8)
    guard dataOffset >= headerByteCount, dataOffset <= size, Int(size - dataOffset) >= type.requiredDataByteCount else {
      throw .fieldOutOfRange(.perPacketInfoDataOffset, value: UInt64(dataOffset))
    }
    let data = start + Int(dataOffset)..<start + Int(size)
    offset = start + Int(size)
    return Element(type: type, value: data.count >= 4 ? bytes.loadLittleEndian(at: data.lowerBound) : 0, data: data)
  }
}
