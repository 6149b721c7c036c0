import PacketCapture
import Testing

@Suite("frame sizes")
struct FrameSizesTests {
  @Test(
    "are read as they are written",
    arguments: [
      ("imix", .imix), ("64", .range(64...64)), ("64-1518", .range(64...1518)), ("42-65535", .range(42...65_535)),
    ] as [(String, FrameSizes)])
  func read(text: String, sizes: FrameSizes) {
    #expect(FrameSizes(text) == sizes)
  }

  @Test(
    "are refused when no frame can have them",
    arguments: [
      "", "-", "64-", "-64", "41", "65536", "1518-64", "64-65536", "64-100-200", "mix", "6 4", "64.0", "IMIX",
    ])
  func refused(text: String) {
    #expect(FrameSizes(text) == nil)
  }
}
