import SharedMemory
import TestSupport
import Testing

@Suite("A mapped ring")
struct MappedRingTests {
  /// A test's own list of words, each with its offset in the control page.
  static let words: [(name: String, offset: ControlPageOffset, word: @Sendable (MappedRing) -> SharedWord)] = [
    ("write index", .writeIndex, { $0.writeIndex }),
    ("read index", .readIndex, { $0.readIndex }),
    ("interrupt mask", .interruptMask, { $0.interruptMask }),
    ("pending send size", .pendingSendSize, { $0.pendingSendSize }),
    ("feature bits", .featureBits, { $0.featureBits }),
  ]

  @Test("has every control word at its offset, and no other byte of the page changes", arguments: RingMapping.allCases)
  func controlPage(mapping: RingMapping) throws {
    for (name, offset, word) in Self.words {
      let test = try TestRing(mapping: mapping)
      word(test.ring).storeRelaxed(0x1122_3344)
      var expected = [UInt8](repeating: 0, count: 4096)
      expected.replaceSubrange(offset.rawValue..<offset.rawValue + 4, with: [0x44, 0x33, 0x22, 0x11])
      #expect(test.controlPage == expected, "\(name)")

      test[offset] = 0x5566_7788
      #expect(word(test.ring).loadAcquiring() == 0x5566_7788, "\(name)")
    }
  }

  @Test("has its data one page behind the control page", arguments: RingMapping.allCases)
  func dataArea(mapping: RingMapping) throws {
    let test = try TestRing(dataByteCount: 8192, mapping: mapping)
    #expect(test.ring.dataByteCount == 8192)
    test.ring.storeWord(0x0807_0605_0403_0201, at: 16)
    #expect(
      test.data(at: 8, count: 24).elementsEqual(
        Array(repeating: 0xA5, count: 8) + [1, 2, 3, 4, 5, 6, 7, 8]
          + Array(repeating: 0xA5, count: 8)))
    test.put(0x1716_1514_1312_1110, at: 8184)
    #expect(test.ring.loadWord(at: 8184) == 0x1716_1514_1312_1110)
  }

  @Test("shows a word behind the end at the start again", arguments: RingMapping.allCases, [4096, 12288])
  func wrap(mapping: RingMapping, dataByteCount: Int) throws {
    let test = try TestRing(dataByteCount: dataByteCount, mapping: mapping)
    let size = UInt32(dataByteCount)
    for offset in stride(from: UInt32(0), to: size, by: 8) {
      test.ring.storeWord(UInt64(offset) << 32 | 0x77, at: offset + size)
      #expect(test.ring.loadWord(at: offset) == UInt64(offset) << 32 | 0x77)
      test.ring.storeWord(UInt64(offset), at: offset)
      #expect(test.ring.loadWord(at: offset + size) == UInt64(offset))
    }
  }

  @Test("of either mapping shows the same bytes", arguments: RingMapping.allCases)
  func twoMappings(first: RingMapping) throws {
    let test = try TestRing(mapping: first)
    for second in RingMapping.allCases {
      let other = try test.region.ring(at: 0, dataByteCount: test.dataByteCount, mapping: second)
      test.ring.storeWord(0xFEED, at: 4088)
      test.ring.writeIndex.storeRelaxed(4088)
      #expect(other.ring.loadWord(at: 4088 + 4096) == 0xFEED)
      #expect(other.ring.writeIndex.loadRelaxed() == 4088)
    }
  }

  @Test("at an offset of its region leaves the rest of the region alone", arguments: RingMapping.allCases)
  func offset(mapping: RingMapping) throws {
    let region = try SharedRegion(byteCount: 5 * 4096)
    let view = try region.ring(at: 2 * 4096, dataByteCount: 4096, mapping: mapping)
    view.ring.writeIndex.storeRelaxed(8)
    for offset in stride(from: UInt32(0), to: 8192, by: 8) { view.ring.storeWord(.max, at: offset) }
    let seen = region.bytes.array
    #expect(seen[..<8192].allSatisfy { $0 == 0 })
    #expect(seen[8192] == 8)
    #expect(seen[(3 * 4096)..<(4 * 4096)].allSatisfy { $0 == 0xFF })
    #expect(seen[(4 * 4096)...].allSatisfy { $0 == 0 })
  }

  @Test("outlives the names of its region and view as long as one of them is kept", arguments: RingMapping.allCases)
  func lifetime(mapping: RingMapping) throws {
    var view: RingView? = try SharedRegion(byteCount: 8192).ring(at: 0, dataByteCount: 4096, mapping: mapping)
    let ring = try #require(view?.ring)
    ring.storeWord(1, at: 0)
    #expect(ring.loadWord(at: 4096) == 1)
    withExtendedLifetime(view) {}
    view = nil
  }
}
