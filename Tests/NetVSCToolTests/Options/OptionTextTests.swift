import NetVSCTool
import Testing

@Suite("Seconds")
struct OptionTextTests {
  @Test("are written as they are read", arguments: [(5_000_000_000, "5"), (500_000_000, "0.5"), (0, "0")])
  func description(nanoseconds: UInt64, text: String) {
    #expect(Seconds(nanoseconds: nanoseconds).description == text)
  }
}
