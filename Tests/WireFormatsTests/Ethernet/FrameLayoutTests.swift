import TestSupport
import Testing
import WireFormats

@Suite("Frame layout")
struct FrameLayoutTests {
  private func parse(_ frame: [UInt8], headerByteCount: Int? = nil) -> FrameLayout? {
    let headers = frame.span.bytes.extracting(first: headerByteCount ?? frame.count)
    return FrameLayout(parsing: headers, frameByteCount: frame.count)
  }

  @Test("the golden frame: IPv4 behind the Ethernet header, TCP behind that")
  func golden() throws {
    let layout = try #require(parse(GoldenVectors.frame.bytes))
    #expect(layout.version == .v4 && layout.ipOffset == 14 && layout.endOffset == 60)
    #expect(layout.transport?.number == .tcp && layout.transport?.offset == 34)
  }

  @Test("tags shift everything", arguments: 1...2)
  func tags(count: Int) throws {
    var frame = GoldenVectors.frame.bytes
    for _ in 0..<count { frame.insert(contentsOf: [0x81, 0, 0, 7], at: 12) }
    let layout = try #require(parse(frame))
    #expect(layout.ipOffset == 14 + 4 * count && layout.transport?.offset == 34 + 4 * count)
    #expect(layout.endOffset == frame.count)
  }

  @Test("headers are enough; padding is told from the packet, and a length of 0 stands for the whole frame")
  func ends() throws {
    let padded = GoldenVectors.frame.bytes + [0, 0, 0]
    #expect(parse(padded, headerByteCount: 34)?.endOffset == 60)
    var endless = padded
    endless.replaceSubrange(16..<18, with: [0, 0])
    #expect(parse(endless, headerByteCount: 34)?.endOffset == 63)
    // A frame that was cut.
    #expect(parse(Array(padded[..<50]))?.endOffset == 60)
  }

  @Test("IPv6 with extension headers")
  func ipv6() throws {
    let ip: [UInt8] = [0x60, 0, 0, 0, 0, 36, 0, 64] + [UInt8](repeating: 1, count: 32)
    let frame = Array(GoldenVectors.frame.bytes[..<12]) + [0x86, 0xDD] + ip
    let extensions: [UInt8] = [60, 0, 0, 0, 0, 0, 0, 0] + [17, 0, 0, 0, 0, 0, 0, 0]
    let layout = try #require(parse(frame + extensions + [UInt8](repeating: 0, count: 25)))
    #expect(layout.version == .v6 && layout.ipOffset == 14 && layout.endOffset == 90)
    #expect(layout.transport?.number == .udp && layout.transport?.offset == 70)
  }

  @Test("a fragment, and options that are not whole, leave no transport header")
  func noTransport() throws {
    var fragment = GoldenVectors.frame.bytes
    fragment[20] = 0x20
    #expect(try #require(parse(fragment)).transport == nil)
    #expect(try #require(parse(fragment)).leadingTransport?.offset == 34, "the first fragment has it in front")
    fragment[21] = 1
    #expect(try #require(parse(fragment)).leadingTransport == nil)
    var options = GoldenVectors.frame.bytes
    options[14] = 0x4F
    #expect(try #require(parse(options)).transport == nil)
  }
}
