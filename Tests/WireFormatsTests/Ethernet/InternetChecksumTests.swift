import TestSupport
import Testing
import WireFormats

@Suite("Internet checksum")
struct InternetChecksumTests {
  private func checksum(_ pieces: [UInt8]...) -> InternetChecksum {
    var checksum = InternetChecksum()
    for piece in pieces { checksum.add(piece.span.bytes) }
    return checksum
  }

  @Test("the example of RFC 1071")
  func example() {
    let sum = checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])
    #expect(sum.partial == 0xDDF2)
    #expect(sum.value == ~0xDDF2)
  }

  @Test("the golden frame's IPv4 header is right, and its TCP field holds the pseudo header's sum")
  func golden() throws {
    let frame = GoldenVectors.frame.bytes
    #expect(checksum(Array(frame[14..<34])).value == 0)
    let found = FrameLayout(parsing: frame.span.bytes, frameByteCount: frame.count)
    let layout = try #require(found)
    var pseudo = InternetChecksum()
    pseudo.addPseudoHeader(of: layout, in: frame.span.bytes, transportByteCount: 26)
    #expect(pseudo.partial == 0x8424)
    // What the host makes of it.
    #expect(checksum(Array(frame[34...])).value == 0x6AAE)
  }

  @Test("a pseudo header of IPv6 is that of the same words written out")
  func pseudoIPv6() throws {
    let addresses = (0..<32).map { UInt8(truncatingIfNeeded: 0xF0 + 7 * $0) }
    let frame = [UInt8](repeating: 2, count: 12) + [0x86, 0xDD, 0x60, 0, 0, 0, 0, 0, 17, 64] + addresses
    let found = FrameLayout(parsing: frame.span.bytes, frameByteCount: frame.count)
    let layout = try #require(found)
    for count in [0, 8, 0xFFFF, 0x1_2345] {
      var pseudo = InternetChecksum()
      pseudo.addPseudoHeader(of: layout, in: frame.span.bytes, transportByteCount: count)
      let words = [0, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), 0, 0, 0, 17]
      #expect(pseudo.partial == checksum(addresses + words).partial)
    }
  }

  @Test("a sum is the one written out, wherever the bytes begin and end, and however they are cut")
  func reference() {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      let bytes = generator.bytes(.random(in: 0...200, using: &generator))
      let start = Int.random(in: 0...bytes.count, using: &generator)
      let first = Int.random(in: 0...bytes.count - start, using: &generator)
      let second = Int.random(in: 0...bytes.count - start - first, using: &generator)
      let cuts = [start..<start + first, start + first..<start + first + second, start + first + second..<bytes.count]
      var checksum = InternetChecksum()
      for cut in cuts { checksum.add(bytes.span.bytes.extracting(cut)) }
      #expect(checksum.value == internetChecksum(bytes[start...]), "seed \(generator.seed)")
    }
  }

  @Test("numbers are added as two bytes in network order")
  func words() {
    var sum = checksum([0x12, 0x34])
    sum.add(0xABCD)
    #expect(sum.partial == checksum([0x12, 0x34, 0xAB, 0xCD]).partial)
  }

  @Test("no carry is lost in a megabyte of ones, and none is made up in zeros")
  func extremes() {
    #expect(checksum([UInt8](repeating: 0xFF, count: 1 << 20)).value == 0)
    #expect(checksum([UInt8](repeating: 0, count: 1 << 10)).value == 0xFFFF)
    #expect(checksum([], []).value == 0xFFFF)
  }

  @Test("a number behind an odd byte is our own mistake")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      var checksum = InternetChecksum()
      checksum.add(([1] as [UInt8]).span.bytes)
      checksum.add(2)
    }
  }
}
