import Testing
import TestSupport
import WireFormats

@Suite("Per-packet info list")
struct PerPacketInfoListTests {
  private func walk(_ bytes: [UInt8]) throws(WireError) -> [PerPacketInfoList.Element] {
    var list = PerPacketInfoList(parsing: bytes.span.bytes)
    var elements: [PerPacketInfoList.Element] = []
    while let element = try list.next() {
      #expect(element.data.upperBound <= bytes.count)
      elements.append(element)
      #expect(12 * elements.count <= bytes.count, "every step goes on")
    }
    return elements
  }

  private func element(size: UInt32, type: UInt32 = 0, dataOffset: UInt32 = 12, byteCount: Int = 16) -> [UInt8] {
    poisoned(byteCount) { out in
      for (index, field) in [size, type, dataOffset].enumerated() { out.storeLittleEndian(field, at: 4 * index) }
    }
  }

  @Test("elements are written as 16 bytes and walked in order")
  func roundTrip() throws {
    let infos: [PerPacketInfo] = [
      .hashValue(0x0FDD_9D29), .vlanTag(VLANTagInfo(tagControlInformation: 0xA064)),
      .largeSend(LargeSendInfo(segmentByteCount: 1460, tcpHeaderOffset: 34, isIPv6: false)),
      .checksum(TransmitChecksumInfo([.isIPv4, .tcp], transportHeaderOffset: 34)),
    ]
    let bytes = poisoned(64) { out in
      for (index, info) in infos.enumerated() { info.emit(into: &out, at: 16 * index) }
    }
    #expect(Array(bytes[..<16]) == [16, 0, 0, 0, 8, 0, 0, 0, 12, 0, 0, 0, 0x29, 0x9D, 0xDD, 0x0F])
    #expect(Array(bytes[48...]) == Array(GoldenVectors.sectionImage.bytes[44..<60]))
    let elements = try walk(bytes)
    #expect(elements.map(\.type) == [.hashValue, .vlanTag, .largeSend, .checksum])
    #expect(elements.map(\.value) == infos.map(\.value))
    #expect(elements.map(\.data) == [12..<16, 28..<32, 44..<48, 60..<64])
  }

  @Test("an empty list has no element")
  func empty() throws { #expect(try walk([]).isEmpty) }

  @Test("an element of an unknown type is passed, with whatever data it has")
  func unknownTypes() throws {
    let known = element(size: 16)
    let elements = try walk(
      element(size: 12, type: 99, byteCount: 12) + element(size: 20, type: 98, dataOffset: 16, byteCount: 20) + known)
    #expect(elements.map(\.type.rawValue) == [99, 98, 0])
    #expect(elements.map(\.data) == [12..<12, 28..<32, 44..<48])
    #expect(elements.map(\.value) == [0, 0xA5A5_A5A5, 0xA5A5_A5A5])
  }

  @Test(
    "a bad size is refused", arguments: [0, 1, 4, 8, 11, 13, 14, 15, 20, 0x8000_0000, 0xFFFF_FFFC, .max] as [UInt32])
  func sizes(size: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.perPacketInfoByteCount, value: UInt64(size))) {
      try walk(element(size: size))
    }
  }

  @Test(
    "data lies behind the element's header and holds what its type needs",
    arguments: [0, 11, 13, 16, 17, 0x8000_0000, .max] as [UInt32])
  func dataOffsets(offset: UInt32) {
    #expect(throws: WireError.fieldOutOfRange(.perPacketInfoDataOffset, value: UInt64(offset))) {
      try walk(element(size: 16, dataOffset: offset))
    }
  }

  @Test("every truncation is refused, but between elements")
  func truncations() throws {
    let whole = element(size: 16) + element(size: 16, type: 6)
    HostileBytes.withEveryTruncation(of: whole) { bytes in
      if bytes.count % 16 == 0 {
        #expect(throws: Never.self) { try walk(bytes) }
      } else {
        #expect(throws: WireError.self) { try walk(bytes) }
      }
    }
  }

  @Test("after an error the walk is over")
  func afterError() throws {
    let bytes = element(size: 0) + element(size: 16)
    var list = PerPacketInfoList(parsing: bytes.span.bytes)
    var failed = false
    do { _ = try list.next() } catch { failed = true }
    #expect(failed)
    let following = try list.next()
    #expect(following == nil)
  }
}
