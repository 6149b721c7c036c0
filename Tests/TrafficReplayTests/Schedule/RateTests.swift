import Testing
import TrafficReplay

@Suite("A rate")
struct RateTests {
  @Test(
    "is exact to nine places",
    arguments: [
      ("1", 1_000_000_000, "1"), ("1000", 1_000_000_000_000, "1000"), ("0.001", 1_000_000, "0.001"),
      ("148809.523", 148_809_523_000_000, "148809.523"), ("0.000000001", 1, "0.000000001"),
      ("10.50", 10_500_000_000, "10.5"), ("007", 7_000_000_000, "7"),
      ("1000000000", 1_000_000_000_000_000_000, "1000000000"),
    ] as [(String, UInt64, String)])
  func numbers(text: String, billionths: UInt64, shortest: String) throws {
    let rate = try #require(Rate(text))
    #expect(rate.billionths == billionths)
    #expect(rate.description == shortest)
    #expect(Rate(shortest) == rate)
    #expect(rate.value == Double(text))
  }

  @Test(
    "is no other text",
    arguments: [
      "", "0", "0.0", ".5", "5.", ".", "-1", "+1", "1e3", "1,5", "1.2.3", " 1", "0.0000000001", "1000000000.1", "٣",
      "nan",
      "99999999999999999999999999",
    ])
  func noRate(text: String) { #expect(Rate(text) == nil) }
}
