import Testing
import TestSupport
import WireFormats

/// The digest as its description defines it, byte by byte.
private func digestBlockByBlock(_ frame: [UInt8]) -> UInt64 {
  let key: [UInt64] = [
    0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89, 0x4528_21E6_38D0_1377,
    0xBE54_66CF_34E9_0C6C,
  ]
  func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = UInt128(left) * UInt128(right)
    return UInt64(truncatingIfNeeded: product >> 64) ^ UInt64(truncatingIfNeeded: product)
  }
  let padded = frame + [UInt8](repeating: 0, count: (32 - frame.count % 32) % 32)
  let words = stride(from: 0, to: padded.count, by: 8).map { start in
    padded[start..<start + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
  }
  var lanes = [key[0], key[1]]
  for block in stride(from: 0, to: words.count, by: 4) {
    lanes[0] &+= fold(lanes[0] ^ words[block], words[block + 1] ^ key[2])
    lanes[1] &+= fold(lanes[1] ^ words[block + 2], words[block + 3] ^ key[3])
  }
  let count = UInt64(frame.count)
  return fold(fold(lanes[0] ^ count, lanes[1] ^ key[4]) ^ key[5], key[0] ^ count)
}

@Suite("Frame digest")
struct FrameDigestTests {
  private func digest(_ frame: [UInt8]) -> UInt64 { FrameDigest.hash(frame.span.bytes) }

  @Test("the digest of a frame does not change from version to version")
  func fixedValues() {
    #expect(digest(GoldenVectors.frame.bytes) == 14_225_608_683_259_107_117)
  }

  @Test("frames of every length have the digest of the definition")
  func definition() {
    var generator = SeededGenerator()
    for count in Array(0...200) + [1514, 9014] {
      let frame = generator.bytes(count)
      #expect(digest(frame) == digestBlockByBlock(frame), "\(count) bytes, seed \(generator.seed)")
    }
  }

  @Test("a frame in two pieces has the digest of the whole, wherever it is cut")
  func twoPieces() {
    var generator = SeededGenerator()
    for count in [0, 1, 7, 31, 32, 33, 60, 64, 97] {
      let frame = generator.bytes(count)
      for cut in 0...count {
        var digest = FrameDigest()
        digest.update(frame.span.bytes.extracting(..<cut))
        digest.update(frame.span.bytes.extracting(cut...))
        #expect(digest.finish() == self.digest(frame), "\(count) bytes cut at \(cut), seed \(generator.seed)")
      }
    }
  }

  @Test("a frame in any pieces has the digest of the whole")
  func anyPieces() {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      let frame = generator.bytes(.random(in: 0...300, using: &generator))
      let largest = Int.random(in: 1...80, using: &generator)
      var digest = FrameDigest()
      var rest = frame[...]
      while !rest.isEmpty {
        let piece = rest.prefix(.random(in: 0...largest, using: &generator))
        digest.update(piece.span.bytes)
        rest = rest.dropFirst(piece.count)
      }
      #expect(digest.finish() == self.digest(frame), "seed \(generator.seed)")
    }
  }

  @Test("one changed bit, one byte more or less, and two exchanged bytes all show")
  func sensitivity() {
    var generator = SeededGenerator()
    for count in [1, 14, 60, 64, 1514] {
      let frame = generator.bytes(count)
      var seen: Set<UInt64> = [digest(frame)]
      var expected = 1
      func add(_ other: [UInt8]) {
        seen.insert(digest(other))
        expected += 1
      }
      for index in frame.indices {
        for bit in 0..<8 {
          var other = frame
          other[index] ^= 1 << bit
          add(other)
        }
      }
      add(frame + [0])
      add(frame + [0, 0])
      add(frame.dropLast())
      for index in frame.indices.dropLast() where frame[index] != frame[index + 1] {
        var other = frame
        other.swapAt(index, index + 1)
        add(other)
      }
      #expect(seen.count == expected, "\(count) bytes, seed \(generator.seed)")
    }
  }

  @Test("frames of zeros differ by their length")
  func zeros() {
    let digests = Set((0...200).map { digest([UInt8](repeating: 0, count: $0)) })
    #expect(digests.count == 201)
  }

  @Test("each bit of the digest depends on each bit of the frame")
  func avalanche() {
    var generator = SeededGenerator(seed: 1)
    var flips = [Int](repeating: 0, count: 64)
    var trials = 0
    for _ in 0..<20 {
      let frame = generator.bytes(60)
      let whole = digest(frame)
      for index in frame.indices {
        var other = frame
        other[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        let difference = whole ^ digest(other)
        for bit in 0..<64 { flips[bit] += Int(difference >> UInt64(bit) & 1) }
        trials += 1
      }
    }
    for bit in 0..<64 { #expect(abs(Double(flips[bit]) / Double(trials) - 0.5) < 0.1, "bit \(bit)") }
  }
}
