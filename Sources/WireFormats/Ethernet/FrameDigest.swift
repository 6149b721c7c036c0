/// A keyed 64-bit hash of one frame, of its length and its bytes, by which two ends compare what passed between them.
///
/// Words are little-endian. A frame is cut into blocks of 32 bytes, the last one filled up with zeros; each half of a
/// block is folded into a lane of its own. The lanes do not wait for each other, so multiplications overlap. It finds
/// faults, not attackers: the keys are known.
@usableFromInline
package struct FrameDigest: Sendable {
  // The first hexadecimal digits of the fraction of pi: numbers nobody chose.
  @inlinable static var key0: UInt64 { 0x243F_6A88_85A3_08D3 }
  @inlinable static var key1: UInt64 { 0x1319_8A2E_0370_7344 }
  @inlinable static var key2: UInt64 { 0xA409_3822_299F_31D0 }
  @inlinable static var key3: UInt64 { 0x082E_FA98_EC4E_6C89 }
  @inlinable static var key4: UInt64 { 0x4528_21E6_38D0_1377 }
  @inlinable static var key5: UInt64 { 0xBE54_66CF_34E9_0C6C }
  @inlinable static var blockByteCount: Int { 32 }

  @usableFromInline var lane0 = key0
  @usableFromInline var lane1 = key1
  /// The bytes of a block that is not full, in order, and zeros behind them.
  @usableFromInline var pending: InlineArray<4, UInt64> = [0, 0, 0, 0]
  @usableFromInline var pendingByteCount = 0
  @usableFromInline var byteCount: UInt64 = 0

  /// The digest of a frame of which nothing is known yet.
  @inlinable package init() {}

  /// The digest of a whole frame.
  @inlinable
  package static func hash(_ frame: RawSpan) -> UInt64 {
    var digest = Self()
    digest.update(frame)
    return digest.finish()
  }

  /// Adds the next bytes of the frame. Any cut of a frame into pieces gives the same digest.
  @inlinable
  package mutating func update(_ piece: RawSpan) {
    byteCount &+= UInt64(piece.byteCount)
    var offset = 0
    if pendingByteCount > 0 {
      let count = min(Self.blockByteCount - pendingByteCount, piece.byteCount)
      keep(piece, from: 0, count: count)
      offset = count
      guard pendingByteCount == Self.blockByteCount else { return }
      absorb(pending[0], pending[1], pending[2], pending[3])
      pending = [0, 0, 0, 0]
      pendingByteCount = 0
    }
    while piece.byteCount - offset >= Self.blockByteCount {
      absorb(
        piece.loadLittleEndian(at: offset), piece.loadLittleEndian(at: offset + 8),
        piece.loadLittleEndian(at: offset + 16), piece.loadLittleEndian(at: offset + 24))
      offset += Self.blockByteCount
    }
    keep(piece, from: offset, count: piece.byteCount - offset)
  }

  /// The digest of the pieces added so far.
  @inlinable
  package func finish() -> UInt64 {
    var last = self
    if pendingByteCount > 0 { last.absorb(pending[0], pending[1], pending[2], pending[3]) }
    // The length tells a short last block from one that ends in zeros.
    let mixed = Self.fold(last.lane0 ^ byteCount, last.lane1 ^ Self.key4)
    return Self.fold(mixed ^ Self.key5, Self.key0 ^ byteCount)
  }

  /// Adding, not replacing, keeps what a lane holds when a product is zero.
  @inlinable @inline(__always)
  mutating func absorb(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
    lane0 &+= Self.fold(lane0 ^ w0, w1 ^ Self.key2)
    lane1 &+= Self.fold(lane1 ^ w2, w3 ^ Self.key3)
  }

  /// The two halves of a product of 128 bits, added without carry.
  @inlinable @inline(__always)
  static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// Puts bytes into the pending block, which has room for them.
  @inlinable
  mutating func keep(_ piece: RawSpan, from start: Int, count: Int) {
    if pendingByteCount == 0 {
      pending = [
        Self.word(of: piece, at: start, count: count), Self.word(of: piece, at: start + 8, count: count - 8),
        Self.word(of: piece, at: start + 16, count: count - 16),
        Self.word(of: piece, at: start + 24, count: count - 24),
      ]
      pendingByteCount = count
      return
    }
    var offset = start
    let end = start + count
    while offset < end {
      // As many bytes as the pending word still takes.
      let filled = pendingByteCount % 8
      let taken = min(8 - filled, end - offset)
      pending[pendingByteCount / 8] |= Self.word(of: piece, at: offset, count: taken) << UInt64(8 * filled)
      pendingByteCount += taken
      offset += taken
    }
  }

  /// The next `count` bytes, at most eight of them, as a word with zeros behind them; 0 if there are none.
  @inlinable @inline(__always)
  static func word(of piece: RawSpan, at offset: Int, count: Int) -> UInt64 {
    if count >= 8 { return piece.loadLittleEndian(at: offset) }
    if count <= 0 { return 0 }
    if offset + count >= 8 {
      // The eight bytes that end where these end; the ones in front are shifted out.
      return piece.loadLittleEndian(at: offset + count - 8, as: UInt64.self) >> UInt64(64 - 8 * count)
    }
    var word: UInt64 = 0
    for index in 0..<count {
      word |= UInt64(piece.loadLittleEndian(at: offset + index, as: UInt8.self)) << UInt64(8 * index)
    }
    return word
  }
}
