internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The RNDIS bytes of one packet: a section of the send buffer, then the packet's page ranges, read as one stream.
///
/// Its bytes are found in a `GuestMemory`, which keeps them until the next message.
struct MessageStream: ~Copyable, Sendable {
  /// Bytes that lie in a row in guest memory.
  struct Piece: BitwiseCopyable, Sendable {
    /// Where they begin and end in the stream.
    let start: UInt64
    let end: UInt64
    /// Where the section or range that they are part of ends in the stream.
    let rangeEnd: UInt64
    let bytes: MappedBytes
  }

  /// A place in the stream, with the piece that holds it.
  struct Position: BitwiseCopyable, Sendable {
    fileprivate(set) var piece = 0
    fileprivate(set) var offset: UInt64 = 0

    /// The stream's start.
    init() {}

    /// A place in the first piece.
    @inline(__always)
    init(inFirstPiece offset: Int) { self.offset = UInt64(truncatingIfNeeded: offset) }
  }

  private var pieces = PrivateList<Piece>(capacity: 64)
  private(set) var byteCount: UInt64 = 0
  /// The packet's ranges, copied out of the ring: they are judged first and used then.
  private var rangeBytes = PrivateBytes(byteCount: 512)

  init() {}

  /// Makes the stream the bytes of a section; empty without one.
  mutating func begin(section: MappedBytes?) {
    pieces.removeAll()
    byteCount = 0
    guard let section, section.byteCount > 0 else { return }
    byteCount = UInt64(section.byteCount)
    pieces.append(Piece(start: 0, end: byteCount, rangeEnd: byteCount, bytes: section))
  }

  /// Appends the page ranges of a packet. Returns whether all of them lie in `memory`.
  ///
  /// Throws when the ranges cannot be read.
  mutating func append(
    rangesOf packet: borrowing IncomingPacket<MappedRing>, in memory: inout GuestMemory
  ) throws(WireError) -> Bool {
    let rangesByteCount = Int(packet.descriptor.payloadOffset - PacketDescriptor.encodedSize)
    if rangesByteCount > rangeBytes.byteCount { rangeBytes = PrivateBytes(byteCount: rangesByteCount) }
    packet.copy(from: PacketDescriptor.encodedSize, byteCount: rangesByteCount, into: &rangeBytes)
    return try Self.append(rangesIn: rangeBytes, rangesByteCount, of: &memory, to: &pieces, &byteCount)
  }

  private static func append(
    rangesIn bytes: borrowing PrivateBytes, _ rangesByteCount: Int, of memory: inout GuestMemory,
    to pieces: inout PrivateList<Piece>, _ byteCount: inout UInt64
  ) throws(WireError) -> Bool {
    var ranges = try PageRangeList(parsing: bytes.span(rangesByteCount))
    while let element = ranges.next() {
      let rangeEnd = byteCount + UInt64(element.range.byteCount)
      var index = 0
      while index < element.range.pageCount {
        let byteOffset = index == 0 ? element.range.byteOffset : 0
        let page = ranges.pageNumber(index, of: element)
        guard let address = GuestMemory.address(ofPage: page, byteOffset: byteOffset) else { return false }
        // Neighbouring pages of one range make one piece.
        var pageCount = 1
        while index + pageCount < element.range.pageCount,
          ranges.pageNumber(index + pageCount, of: element) == page + UInt64(pageCount)
        { pageCount += 1 }
        index += pageCount
        let end = min(rangeEnd, byteCount + UInt64(pageCount) * UInt64(VMBusPage.byteCount) - UInt64(byteOffset))
        guard let found = memory.find(address, Int(end - byteCount)) else { return false }
        pieces.append(Piece(start: byteCount, end: end, rangeEnd: rangeEnd, bytes: found))
        byteCount = end
      }
    }
    return true
  }

  /// The bytes that the stream begins with, in one piece; nil when it is empty.
  @inline(__always)
  var firstPiece: MappedBytes? { pieces.count > 0 ? pieces[0].bytes : nil }

  /// The place `byteCount` bytes further on, at most the stream's end.
  @inline(__always)
  func advance(_ position: Position, by byteCount: UInt64) -> Position {
    var position = position
    position.offset += byteCount
    while position.piece < pieces.count, pieces[position.piece].end <= position.offset { position.piece += 1 }
    return position
  }

  /// Whether `byteCount` bytes from a place on lie in one section or range.
  @inline(__always)
  func isWithinRange(_ position: Position, _ byteCount: UInt64) -> Bool {
    position.piece < pieces.count && position.offset + byteCount <= pieces[position.piece].rangeEnd
  }

  /// Bytes that lie in one piece; nil when they do not.
  @inline(__always)
  func bytes(_ position: Position, _ byteCount: Int) -> MappedBytes? {
    guard position.piece < pieces.count else { return nil }
    let piece = pieces[position.piece]
    guard position.offset + UInt64(byteCount) <= piece.end else { return nil }
    return piece.bytes.part(Int(position.offset - piece.start), byteCount)
  }

  /// Copies bytes of the stream out, from as many pieces as it takes.
  func copy(_ position: Position, _ byteCount: Int, into bytes: inout PrivateBytes) {
    var out = bytes.mutableSpan(byteCount)
    copy(position, into: &out)
  }

  /// Copies as many bytes of the stream out as there is room for.
  func copy(_ position: Position, into out: inout MutableRawSpan) {
    let byteCount = out.byteCount
    precondition(position.offset + UInt64(byteCount) <= self.byteCount, "the bytes lie inside the stream")
    if let found = self.bytes(position, byteCount) { return found.copy(0, byteCount, into: &out) }
    var position = position
    var copied = 0
    while copied < byteCount {
      let piece = pieces[position.piece]
      let count = min(byteCount - copied, Int(piece.end - position.offset))
      var part = out._mutatingExtracting(copied..<copied + count)
      piece.bytes.copy(Int(position.offset - piece.start), count, into: &part)
      position = advance(position, by: UInt64(count))
      copied += count
    }
  }
}
