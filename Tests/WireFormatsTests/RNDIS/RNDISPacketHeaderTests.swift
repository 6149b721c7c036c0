import Testing
import TestSupport
import WireFormats

@Suite("RNDIS packet header")
struct RNDISPacketHeaderTests {
  private static let image = GoldenVectors.sectionImage.bytes

  private func parse(_ bytes: [UInt8], available: UInt32? = nil) throws(WireError) -> RNDISPacketHeader {
    try RNDISPacketHeader(parsing: bytes.span.bytes, available: available ?? UInt32(bytes.count))
  }

  private func image(_ fields: [(offset: Int, value: UInt32)]) -> [UInt8] {
    var bytes = Self.image
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    for field in fields { span.storeLittleEndian(field.value, at: field.offset) }
    return bytes
  }

  @Test("the image of a section is built and read, byte for byte")
  func golden() throws {
    let frame = GoldenVectors.frame.bytes
    let header = RNDISPacketHeader(frameByteCount: 60, perPacketInfoByteCount: 16)
    let built = poisoned(120) { out in
      header.emit(into: &out)
      PerPacketInfo.checksum(TransmitChecksumInfo([.isIPv4, .tcp], transportHeaderOffset: 34)).emit(into: &out, at: 44)
      out.copyBytes(frame.span.bytes, at: 60)
    }
    #expect(built == Self.image)
    #expect(try parse(Self.image) == header)
    #expect(header.messageByteCount == 120)
    #expect(header.frameOffset == 60)
    #expect(header.perPacketInfoOffset == 44)
  }

  @Test("two packets in one section are built and walked")
  func aggregate() throws {
    let image = GoldenVectors.aggregateImage.bytes
    let (firstFrame, secondFrame) = (Array(image[60..<121]), GoldenVectors.frame.bytes)
    let first = RNDISPacketHeader(frameByteCount: 61, perPacketInfoByteCount: 16, paddingByteCount: 7)
    let second = RNDISPacketHeader(frameByteCount: 60, perPacketInfoByteCount: 16)
    #expect(first.messageByteCount == 128)
    let checksum = PerPacketInfo.checksum(TransmitChecksumInfo([.isIPv4, .tcp], transportHeaderOffset: 34))
    let built = poisoned(248) { out in
      first.emit(into: &out)
      checksum.emit(into: &out, at: 44)
      out.copyBytes(firstFrame.span.bytes, at: 60)
      for padding in 121..<128 { out.storeLittleEndian(0 as UInt8, at: padding) }
      second.emit(into: &out, at: 128)
      checksum.emit(into: &out, at: 172)
      out.copyBytes(secondFrame.span.bytes, at: 188)
    }
    #expect(built == image)
    #expect(try parse(image) == first)
    #expect(try parse(Array(image[128...])) == second)
  }

  @Test("44 bytes are written, and no other", arguments: [0, 3])
  func footprint(offset: Int) {
    let bytes = poisoned(50) {
      RNDISPacketHeader(frameByteCount: 1, perPacketInfoByteCount: 0).emit(into: &$0, at: offset)
    }
    #expect(bytes[..<offset].allSatisfy { $0 == 0xA5 } && bytes[(offset + 44)...].allSatisfy { $0 == 0xA5 })
    #expect(!bytes[offset..<offset + 44].contains(0xA5))
  }

  @Test("every truncation is refused")
  func truncations() {
    HostileBytes.withEveryTruncation(of: Array(Self.image[..<44])) { bytes in
      #expect(throws: WireError.truncated(needed: 44, got: bytes.count)) { try parse(bytes, available: 120) }
    }
  }

  @Test(
    "a message is as long as its header, and no longer than the stream",
    arguments: [0, 7, 8, 43, 121, 0x8000_0000, .max] as [UInt32])
  func messageLengths(length: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.messageByteCount, value: UInt64(length))) {
      try parse(image([(4, length)]), available: 120)
    }
  }

  @Test("another type is refused")
  func types() {
    #expect(throws: WireError.unexpectedType(expected: 1, got: 2)) { try parse(image([(0, 2)])) }
  }

  @Test("out-of-band data and virtual circuits are refused", arguments: [16, 20, 24, 36])
  func unusedFields(offset: Int) {
    for value in [1, 0x8000_0000, .max] as [UInt32] {
      #expect(throws: WireError.self) { try parse(image([(offset, value)])) }
    }
  }

  @Test("the reserved field is nobody's")
  func reserved() throws {
    #expect(try parse(image([(40, .max)])) == parse(Self.image))
  }

  @Test("an empty frame is refused")
  func emptyFrame() {
    #expect(throws: WireError.fieldOutOfRange(.frameByteCount, value: 0)) { try parse(image([(12, 0)])) }
  }

  @Test(
    "a frame outside the message, or in its header, is refused",
    arguments: [
      (53, 60), (52, 61), (35, 60), (0, 60), (.max, 60), (.max - 7, 60), (0xFFFF_FFF8, 1), (52, .max),
      (0x7FFF_FFFF, 0x8000_0001), (113, 1),
    ] as [(UInt32, UInt32)])
  func hostileFrames(offset: UInt32, byteCount: UInt32) {
    #expect(
      throws: WireError.partOutOfBounds(.frame, offset: UInt64(offset) + 8, byteCount: UInt64(byteCount), limit: 120)
    ) { try parse(image([(8, offset), (12, byteCount)])) }
  }

  @Test(
    "info outside the message, or in the header, is refused",
    arguments: [
      (35, 16), (0, 16), (97, 16), (36, 77), (.max, 16), (.max - 7, 16), (36, .max), (0x8000_0000, 0x8000_0000),
    ] as [(UInt32, UInt32)])
  func hostileInfo(offset: UInt32, byteCount: UInt32) {
    #expect(
      throws: WireError.partOutOfBounds(
        .perPacketInfo, offset: UInt64(offset) + 8, byteCount: UInt64(byteCount), limit: 120)
    ) { try parse(image([(28, offset), (32, byteCount)])) }
  }

  @Test("without info its offset means nothing", arguments: [0, 36, 1000, .max] as [UInt32])
  func noInfo(offset: UInt32) throws {
    let header = try parse(image([(28, offset), (32, 0)]))
    #expect(header.perPacketInfoOffset == 44 && header.perPacketInfoByteCount == 0)
  }

  @Test("a host's layout with room in front of the frame is read")
  func receiveLayout() throws {
    var bytes = Self.image + [UInt8](repeating: 0, count: 1806 - 120)
    bytes.replaceSubrange(4..<16, with: [0x0E, 7, 0, 0, 248, 0, 0, 0, 60, 0, 0, 0])
    let header = try parse(bytes)
    #expect(header.messageByteCount == 1806 && header.frameOffset == 256 && header.frameByteCount == 60)
    #expect(header.perPacketInfoOffset == 44 && header.perPacketInfoByteCount == 16)
  }

  @Test("a header that is accepted names only bytes of the stream")
  func extremes() {
    HostileBytes.withEveryExtreme(of: Array(Self.image[..<44])) { bytes in
      for available in [0, 43, 44, 120, 121, .max] as [UInt32] {
        guard let header = try? parse(bytes, available: available) else { continue }
        expectInside(header, available: available)
      }
    }
  }

  @Test("random headers come back as they were written")
  func roundTrips() throws {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      let header = RNDISPacketHeader(
        frameByteCount: .random(in: 1...65_535, using: &generator),
        perPacketInfoByteCount: 16 * .random(in: 0...4, using: &generator),
        paddingByteCount: .random(in: 0..<8, using: &generator))
      let bytes = poisoned(44) { header.emit(into: &$0) }
      #expect(try parse(bytes, available: header.messageByteCount) == header, "seed \(generator.seed)")
      #expect(throws: WireError.self) { try parse(bytes, available: header.messageByteCount - 1) }
    }
  }
}

/// Expects every byte a header names to be in its message, and the message in the stream.
func expectInside(_ header: RNDISPacketHeader, available: UInt32) {
  #expect(header.messageByteCount <= available)
  #expect(header.frameByteCount > 0 && header.frameOffset >= 44 && header.perPacketInfoOffset >= 44)
  #expect(UInt64(header.frameOffset) + UInt64(header.frameByteCount) <= UInt64(header.messageByteCount))
  #expect(
    UInt64(header.perPacketInfoOffset) + UInt64(header.perPacketInfoByteCount) <= UInt64(header.messageByteCount))
}
