import Benchmarks
import Testing

@Suite("Samples")
struct SamplesTests {
  @Test(
    "have the value in the middle, in whatever order they came",
    arguments: [([3, 1, 2], 2), ([4, 1, 3, 2], 2.5), ([7], 7), ([1, 1, 1000], 1)] as [([Double], Double)])
  func median(values: [Double], expected: Double) {
    let samples = Samples(values)
    #expect(samples.median == expected)
    #expect(samples.min == values.min())
    #expect(samples.max == values.max())
  }

  @Test("are no number where nothing was measured")
  func none() {
    #expect(Samples([]).median.isNaN)
  }
}
