import Testing
import VMBusRing
import WireFormats

@Suite("A ring error")
struct RingErrorTests {
  @Test(
    "is a violation when the other side broke the rules",
    arguments: [
      (.full(needed: 64, free: 8), false), (.tooLarge(needed: 8192, dataByteCount: 4096), false), (.closed, false),
      (.indexOutOfRange(4096), true), (.indexMovedBack(from: 64, to: 8), true),
      (.badDescriptor(.unknownFlags(2)), true),
    ] as [(RingError, Bool)])
  func violation(error: RingError, isViolation: Bool) {
    #expect(error.isViolation == isViolation)
  }

  @Test("tells its numbers")
  func description() {
    #expect("\(RingError.full(needed: 64, free: 8))" == "ring full: 64 bytes needed, 8 free")
    #expect("\(RingError.tooLarge(needed: 8192, dataByteCount: 4096))".contains("8192"))
    #expect("\(RingError.indexOutOfRange(4099))".contains("4099"))
    #expect("\(RingError.indexMovedBack(from: 64, to: 8))" == "ring index moved backwards from 64 to 8")
    #expect("\(RingError.badDescriptor(.unknownFlags(2)))".hasPrefix("bad packet descriptor: "))
    #expect("\(RingError.closed)" == "the ring was closed")
  }
}
