import TestSupport
import Testing
import WireFormats

@Suite("Other addresses for a pass")
struct FlowVariationTests {
  private static let ethernet = Array(GoldenVectors.frame.bytes[..<12])

  private func varied(_ frame: [UInt8], pass: UInt64) -> [UInt8] {
    var frame = frame
    var span = frame.mutableSpan
    var bytes = span.mutableBytes
    FlowVariation(pass: pass).apply(to: &bytes)
    return frame
  }

  /// The frame with other addresses, put together anew: every checksum is computed from all it covers.
  private func expected(_ frame: TestFrame, pass: UInt16) -> [UInt8] {
    var other = frame
    let (low, high) = (UInt8(pass & 0xFF), UInt8(pass >> 8))
    other.changeAddresses { addresses in
      let places =
        frame.isIPv6 ? [(8, high), (9, low), (24, high), (25, low)] : [(2, low), (3, high), (6, low), (7, high)]
      for (place, bits) in places { addresses[place] ^= bits }
    }
    return other.bytes()
  }

  private static let frames: [TestFrame] = [false, true].flatMap { isIPv6 in
    [false, true].flatMap { isUDP in
      (0...2).map { tagCount in
        var frame = TestFrame()
        frame.isIPv6 = isIPv6
        frame.isUDP = isUDP
        frame.tags = Array(repeating: 5, count: tagCount)
        frame.ipOptions = isIPv6 ? [] : [1, 1, 1, 1]
        frame.extensionHeaderCount = isIPv6 ? 1 : 0
        frame.payload = (0..<101).map { UInt8($0) }
        frame.padding = [9, 9, 9]
        return frame
      }
    }
  }

  @Test("are those the rule says, in a frame that is right as a whole", arguments: frames)
  func wholeFrame(frame: TestFrame) {
    for pass in [0, 1, 2, 255, 256, 0x1234, 0xFFFF] as [UInt16] {
      #expect(varied(frame.bytes(), pass: UInt64(pass)) == expected(frame, pass: pass), "pass \(pass)")
    }
  }

  @Test("are undone by the same change", arguments: frames)
  func reversible(frame: TestFrame) {
    for pass in [1, 77, 0xABCD] as [UInt64] {
      #expect(varied(varied(frame.bytes(), pass: pass), pass: pass) == frame.bytes())
    }
  }

  @Test("are others in each of 65,536 passes, and the first again in the next")
  func distinct() throws {
    for isIPv6 in [false, true] {
      var frame = TestFrame()
      frame.isIPv6 = isIPv6
      let bytes = frame.bytes()
      let flows = (0..<FlowVariation.count).map { FlowTuple(parsing: varied(bytes, pass: $0).span.bytes) }
      #expect(Set(flows).count == 65_536)
      #expect(varied(bytes, pass: FlowVariation.count) == bytes)
    }
  }

  @Test("leave a checksum as wrong as it was")
  func wrongChecksums() {
    var frame = Self.frames[0].bytes()
    frame[24] ^= 0x5A
    var right = expected(Self.frames[0], pass: 3)
    // The same difference, in the arithmetic of checksums.
    let old = UInt32(Self.frames[0].bytes()[24]) << 8 | UInt32(Self.frames[0].bytes()[25])
    let new = UInt32(right[24]) << 8 | UInt32(right[25])
    let spoiled = UInt32(frame[24]) << 8 | UInt32(frame[25])
    let wanted = (new + 0xFFFF + spoiled - old) % 0xFFFF
    right[24] = UInt8(wanted >> 8)
    right[25] = UInt8(wanted & 0xFF)
    #expect(varied(frame, pass: 3) == right)
  }

  @Test("leave a UDP checksum that is not there, and never take one away")
  func absentUDPChecksum() {
    var frame = TestFrame()
    frame.isUDP = true
    frame.payload = [1, 2, 3, 4]
    var bytes = frame.bytes()
    let field = frame.transportOffset + 6
    bytes.replaceSubrange(field..<field + 2, with: [0, 0])
    #expect(varied(bytes, pass: 9)[field..<field + 2] == [0, 0])
    // A word of payload that is the checksum without it makes the checksum zero.
    frame.payload = [0, 0]
    frame.payload = Array(expected(frame, pass: 0x0100)[field..<field + 2])
    #expect(expected(frame, pass: 0x0100)[field..<field + 2] == [0xFF, 0xFF])
    #expect(varied(frame.bytes(), pass: 0x0100) == expected(frame, pass: 0x0100))
  }

  @Test("are in the first fragment's checksum, and not in what others have there")
  func fragments() {
    let frame = Self.frames[0]
    let field = frame.transportOffset + 16
    let checksum = Array(frame.bytes()[field..<field + 2])
    var first = frame.bytes()
    first[frame.ipOffset + 6] |= 0x20
    #expect(Array(varied(first, pass: 5)[field..<field + 2]) != checksum)
    #expect(varied(first, pass: 5)[field..<field + 2] == expected(frame, pass: 5)[field..<field + 2])
    var later = first
    later[frame.ipOffset + 7] = 1
    #expect(Array(varied(later, pass: 5)[field..<field + 2]) == checksum)
  }

  @Test("are in the first fragment's checksum of IPv6 as well", arguments: [0, 1])
  func ipv6Fragments(offset: UInt8) {
    let source: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    let header: [UInt8] = [0x86, 0xDD, 0x60, 0, 0, 0, 0, 16, 44, 64] + source + source
    let frame = Self.ethernet + header + [17, 0, 0, offset << 3 | 1, 0, 0, 0, 7] + [0, 1, 0, 2, 0, 99, 0x12, 0x34]
    let checksum = varied(frame, pass: 1)[68..<70]
    // Each of two words is larger by one.
    #expect(checksum == (offset == 0 ? [0x12, 0x32] : [0x12, 0x34]))
  }

  @Test("are in the checksum of ICMPv6, and not in that of ICMP")
  func icmp() {
    var frame = Self.frames[6].bytes()
    let next = Self.frames[6].ipOffset + 40
    frame[next] = 58
    let message = Self.frames[6].transportOffset
    frame.replaceSubrange(message + 2..<message + 4, with: [0x12, 0x34])
    #expect(varied(frame, pass: 1)[message + 2..<message + 4] == [0x12, 0x32])
    var icmp = Self.frames[0].bytes()
    icmp[Self.frames[0].ipOffset + 9] = 1
    let start = Self.frames[0].transportOffset
    #expect(varied(icmp, pass: 1)[start...] == icmp[start...])
  }

  @Test("are in ARP too, of both sides, behind tags as well", arguments: [0, 1, 2])
  func arp(tagCount: Int) {
    let tags = [[UInt8]](repeating: [0x81, 0, 0, 5], count: tagCount).flatMap { $0 }
    func frame(_ sender: [UInt8], _ target: [UInt8]) -> [UInt8] {
      Self.ethernet + tags + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + [2, 2, 2, 2, 2, 2] + sender + [3, 3, 3, 3, 3, 3] + target
    }
    #expect(
      varied(frame([10, 0, 0, 1], [10, 0, 0, 2]), pass: 0x0201) == frame([10, 0, 1, 3], [10, 0, 1, 0]))
    #expect(varied(frame([0, 0, 0, 0], [10, 0, 0, 2]), pass: 1) == frame([0, 0, 0, 0], [10, 0, 1, 2]), "a probe")
  }

  @Test(
    "are not given in place of those that mean something",
    arguments: [
      ([0, 0, 0, 0], false), ([0, 1, 2, 3], false), ([127, 0, 0, 1], false), ([169, 254, 7, 8], false),
      ([224, 0, 0, 1], false), ([239, 255, 255, 250], false), ([255, 255, 255, 255], false), ([240, 0, 0, 1], false),
      ([169, 253, 7, 8], true), ([169, 255, 7, 8], true), ([1, 0, 0, 0], true), ([126, 0, 0, 1], true),
      ([128, 0, 0, 1], true), ([223, 255, 255, 255], true), ([192, 168, 0, 1], true),
    ] as [([UInt8], Bool)])
  func specialIPv4(address: [UInt8], isChanged: Bool) {
    var frame = TestFrame().bytes()
    frame.replaceSubrange(26..<30, with: address)
    #expect((Array(varied(frame, pass: 0x0101)[26..<30]) != address) == isChanged)
  }

  @Test(
    "are not given in place of those of IPv6 that mean something",
    arguments: [
      ([], false), ([0xFE, 0x80], false), ([0xFE, 0xBF], false), ([0xFF, 0x02], false), ([0xFF, 0x0E], false),
      ([0xFE, 0xC0], true), ([0xFC, 0], true), ([0x20, 0x01], true), ([0, 0x64, 0xFF, 0x9B], true),
    ] as [([UInt8], Bool)])
  func specialIPv6(leading: [UInt8], isChanged: Bool) {
    var frame = TestFrame()
    frame.isIPv6 = true
    var bytes = frame.bytes()
    let address = leading + [UInt8](repeating: 0, count: 15 - leading.count) + [1]
    bytes.replaceSubrange(22..<38, with: address)
    #expect((Array(varied(bytes, pass: 1)[22..<38]) != address) == isChanged)
  }

  @Test("go as far as a frame goes that was cut, if it has its IP header", arguments: frames)
  func truncated(frame: TestFrame) {
    let whole = varied(frame.bytes(), pass: 0x0203)
    let headerEnd = frame.ipOffset + (frame.isIPv6 ? 40 : 20)
    let field = frame.transportOffset + (frame.isUDP ? 6 : 16)
    HostileBytes.withEveryTruncation(of: frame.bytes()) { bytes in
      var wanted = Array((bytes.count < headerEnd ? frame.bytes() : whole)[..<bytes.count])
      // Half a checksum is none.
      if bytes.count == field + 1 { wanted[field] = frame.bytes()[field] }
      #expect(varied(bytes, pass: 0x0203) == wanted, "\(bytes.count) bytes")
    }
  }

  @Test("do no harm, whatever the bytes")
  func hostile() {
    var generator = SeededGenerator()
    for frame in Self.frames {
      HostileBytes.withEveryExtreme(of: frame.bytes()) { _ = varied($0, pass: 0x1234) }
      for _ in 0..<200 {
        let spoiled = HostileBytes.spoiled(frame.bytes(), using: &generator)
        #expect(varied(spoiled, pass: 0x1234).count == spoiled.count)
      }
    }
    let arp = Self.ethernet + [8, 6, 0, 1, 8, 0, 255, 4, 0, 1] + [UInt8](repeating: 7, count: 30)
    HostileBytes.withEveryTruncation(of: arp) { #expect(varied($0, pass: 1) == $0) }
  }
}
