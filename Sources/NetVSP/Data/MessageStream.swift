internal import SharedMemory
internal import VMBusRing
internal import WireFormats

/// The RNDIS bytes of one packet: a section of the send buffer, then the packet's page ranges, read as one stream.
struct MessageStream: ~Copyable, Sendable {
  /// Consecutive bytes of guest memory.
  struct Piece: Sendable {
    /// Where its bytes begin and end in the stream.
    let start: UInt64
    var end: UInt64
    /// Where the section or range that it is part of ends in the stream.
    let rangeEnd: UInt64
    /// Where the first byte lies in the device's address space.
    let address: UInt64

    /// Where the byte at a place in the stream lies.
    func address(of offset: UInt64) -> UInt64 { address + (offset - start) }
  }

  /// A place in the stream, with the piece that holds it.
  struct Position: Sendable {
    var piece = 0
    var offset: UInt64 = 0
  }

  private var pieces: [Piece] = []
  private(set) var byteCount: UInt64 = 0
  /// The packet's ranges, copied out of the ring: they are judged first and used then.
  private var rangeBytes = PrivateBytes(byteCount: 512)

  init() {}

  /// Makes the stream the bytes of a section; empty without one.
  mutating func begin(section addresses: Range<UInt64>?) {
    pieces.removeAll(keepingCapacity: true)
    byteCount = 0
    guard let addresses, !addresses.isEmpty else { return }
    byteCount = UInt64(addresses.count)
    pieces.append(Piece(start: 0, end: byteCount, rangeEnd: byteCount, address: addresses.lowerBound))
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
    let firstPiece = pieces.count
    guard try Self.append(rangesIn: rangeBytes, rangesByteCount, to: &pieces, &byteCount) else { return false }
    for piece in pieces[firstPiece...] where memory.find(piece.address, Int(piece.end - piece.start)) == nil {
      return false
    }
    return true
  }

  private static func append(
    rangesIn bytes: borrowing PrivateBytes, _ rangesByteCount: Int, to pieces: inout [Piece], _ byteCount: inout UInt64
  ) throws(WireError) -> Bool {
    var ranges = try PageRangeList(parsing: bytes.span(rangesByteCount))
    while let element = ranges.next() {
      let rangeEnd = byteCount + UInt64(element.range.byteCount)
      var byteOffset = element.range.byteOffset
      for index in 0..<element.range.pageCount {
        guard let address = GuestMemory.address(ofPage: ranges.pageNumber(index, of: element), byteOffset: byteOffset)
        else { return false }
        let end = min(rangeEnd, byteCount + UInt64(VMBusPage.byteCount - byteOffset))
        // Neighbouring pages of one range make one piece.
        if index > 0, let last = pieces.last, last.address(of: byteCount) == address {
          pieces[pieces.count - 1].end = end
        } else {
          pieces.append(Piece(start: byteCount, end: end, rangeEnd: rangeEnd, address: address))
        }
        byteCount = end
        byteOffset = 0
      }
    }
    return true
  }

  /// The place `byteCount` bytes further on, at most the stream's end.
  func advance(_ position: Position, by byteCount: UInt64) -> Position {
    var position = position
    position.offset += byteCount
    while position.piece < pieces.count, pieces[position.piece].end <= position.offset { position.piece += 1 }
    return position
  }

  /// Whether `byteCount` bytes from a place on lie in one section or range.
  func isWithinRange(_ position: Position, _ byteCount: UInt64) -> Bool {
    position.piece < pieces.count && position.offset + byteCount <= pieces[position.piece].rangeEnd
  }

  /// Finds bytes that lie in one piece; nil when they do not.
  func find(_ position: Position, _ byteCount: Int, in memory: inout GuestMemory) -> GuestMemory.Place? {
    guard position.piece < pieces.count else { return nil }
    let piece = pieces[position.piece]
    guard position.offset + UInt64(byteCount) <= piece.end else { return nil }
    return memory.find(piece.address(of: position.offset), byteCount)
  }

  /// Copies bytes out, from as many pieces as it takes. Returns false when they are not all there.
  func copy(
    _ position: Position, _ byteCount: Int, from memory: inout GuestMemory, into bytes: inout PrivateBytes
  ) -> Bool {
    var out = bytes.mutableSpan(byteCount)
    if let place = find(position, byteCount, in: &memory) {
      memory.copy(place, into: &out)
      return true
    }
    var position = position
    var filled = 0
    while filled < byteCount {
      guard position.piece < pieces.count else { return false }
      let count = min(byteCount - filled, Int(pieces[position.piece].end - position.offset))
      guard let place = find(position, count, in: &memory) else { return false }
      var part = out._mutatingExtracting(filled..<filled + count)
      memory.copy(place, into: &part)
      position = advance(position, by: UInt64(count))
      filled += count
    }
    return true
  }
}
