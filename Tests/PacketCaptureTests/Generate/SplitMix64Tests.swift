import PacketCapture
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
  @Test("the numbers are those of the published generator")
  func published() {
    var numbers = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in numbers.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  @Test("a range is filled and not left")
  func ranges() {
    var numbers = SplitMix64(seed: 1)
    #expect(Set((0..<1000).map { _ in numbers.next(in: -2...3) }) == Set(-2...3))
    #expect(numbers.next(in: 7...7) == 7)
  }
}
