import Testing
import VMBusRing

@Suite("A ring position")
struct RingPositionTests {
  @Test("starts in lap 0 at the offset found")
  func start() {
    #expect(RingPosition(offset: 4088).word == 4088)
    #expect(RingPosition(offset: 4088).offset == 4088)
  }

  @Test(
    "goes on to the next lap at the end of the ring",
    arguments: [
      (0, 24, 24), (0, 4088, 4088), (0, 4096, 1 << 32), (8, 4088, 1 << 32), (0xFE8, 64, 1 << 32 | 0x28),
      (4088, 4096, 1 << 32 | 4088), (5 << 32 | 4088, 8, 6 << 32), (5 << 32 | 16, 0, 5 << 32 | 16),
    ] as [(UInt64, UInt32, UInt64)])
  func advanced(word: UInt64, byteCount: UInt32, end: UInt64) {
    #expect(RingPosition(word: word).advanced(by: byteCount, in: 4096).word == end)
  }

  @Test("counts laps around")
  func laps() {
    let last = RingPosition(word: 0xFFFF_FFFF << 32 | 4088)
    #expect(last.advanced(by: 16, in: 4096) == RingPosition(offset: 8))
  }

  @Test("differs from that of the same offset one lap on")
  func sameOffset() {
    let position = RingPosition(offset: 512)
    let next = position.advanced(by: 4096, in: 4096)
    #expect(next.offset == position.offset)
    #expect(next != position)
  }
}

@Suite("Ring arithmetic")
struct RingArithmeticTests {
  @Test(
    "counts the bytes forward from one offset to another",
    arguments: [(0, 0, 0), (0, 0x40, 0x40), (0x40, 0, 4032), (0xFF8, 0, 8), (0x28, 0xFE8, 4032), (0xFE8, 0x28, 64)]
      as [(UInt32, UInt32, UInt32)])
  func distance(start: UInt32, end: UInt32, byteCount: UInt32) {
    #expect(RingArithmetic.distance(from: start, to: end, in: 4096) == byteCount)
    #expect(RingArithmetic.advance(start, by: byteCount, in: 4096) == end)
  }

  @Test("is the inverse of itself for every pair of offsets")
  func inverse() {
    let offsets = stride(from: UInt32(0), to: 4096, by: 8)
    for start in offsets {
      let wrong = offsets.first { end in
        let byteCount = RingArithmetic.distance(from: start, to: end, in: 4096)
        return byteCount >= 4096 || RingArithmetic.advance(start, by: byteCount, in: 4096) != end
      }
      #expect(wrong == nil, "from \(start)")
    }
  }

  @Test(
    "takes multiples of 8 inside the ring as offsets",
    arguments: [
      (0, true), (8, true), (4088, true), (4, false), (4087, false), (4096, false), (4104, false), (.max, false),
      (.max - 7, false),
    ] as [(UInt32, Bool)])
  func legality(offset: UInt32, isLegal: Bool) {
    #expect(RingArithmetic.isLegal(offset, in: 4096) == isLegal)
  }
}
