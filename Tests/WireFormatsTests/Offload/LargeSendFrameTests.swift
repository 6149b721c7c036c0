import TestSupport
import Testing
import WireFormats

@Suite("A captured frame, made ready for a large send")
struct LargeSendFrameTests {
  private func frame(_ change: (inout TestFrame) -> Void = { _ in }) -> TestFrame {
    var frame = TestFrame()
    frame.payload = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    change(&frame)
    return frame
  }

  private func parse(_ bytes: [UInt8]) -> LargeSendFrame? { LargeSendFrame(parsing: bytes.span.bytes) }

  @Test("is what a guest would have left to its host", arguments: [false, true], [0, 1, 2])
  func prepared(isIPv6: Bool, tagCount: Int) throws {
    let frame = frame {
      $0.isIPv6 = isIPv6
      $0.tags = Array(repeating: 5, count: tagCount)
      $0.tcpOptions = [1, 1, 1, 1]
      $0.ipOptions = isIPv6 ? [] : [1, 1, 1, 1]
    }
    var bytes = frame.bytes()
    let parsed = try #require(parse(bytes))
    #expect(parsed.tcpOffset == frame.transportOffset)
    #expect(parsed.payloadOffset == frame.payloadOffset)
    #expect(parsed.version == (isIPv6 ? .v6 : .v4))
    do {
      var span = bytes.mutableSpan
      var out = span.mutableBytes
      parsed.prepare(&out)
    }
    #expect(bytes == frame.bytes(.largeSend))
  }

  @Test("is also what was captured before a network card had cut it")
  func unfinished() {
    let bytes = frame().bytes(.largeSend)
    #expect(parse(bytes) != nil)
  }

  @Test("is not there in any other frame")
  func others() {
    let whole = frame().bytes()
    var isFragment = whole
    isFragment[20] = 0x20
    var hasShortHeader = whole
    hasShortHeader[14 + 20 + 12] = 0x40
    let frames = [
      frame { $0.isUDP = true }.bytes(), frame { $0.padding = [0] }.bytes(), Array(whole.dropLast()), isFragment,
      hasShortHeader,
      frame {
        $0.isIPv6 = true
        $0.extensionHeaderCount = 1
      }.bytes(),
    ]
    for bytes in frames { #expect(parse(bytes) == nil) }
    for count in 0..<54 {
      #expect(parse(Array(whole.prefix(count))) == nil)
    }
  }
}
