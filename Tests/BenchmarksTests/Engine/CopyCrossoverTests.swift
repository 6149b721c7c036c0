import Benchmarks
import Testing

@Suite("Where lending frames begins to beat copying them")
struct CopyCrossoverTests {
  /// Three rounds, in which copying takes as long as a frame is, and lending so long.
  private func crossover(lent: [[Double]]) -> CopyCrossover {
    CopyCrossover(
      zip([100, 200, 300, 400], lent).map { byteCount, lent in
        CopyCrossover.Size(byteCount: byteCount, copied: lent.map { _ in Double(byteCount) }, lent: lent)
      })
  }

  @Test("is told for each round that has such a size")
  func sizes() {
    let crossover = crossover(lent: [[250, 90, 500], [250, 90, 500], [250, 90, 500], [250, 90, 500]])
    #expect(crossover.byteCounts == [300, 100])
  }

  @Test("counts only from where on no larger size is copied faster")
  func lastLoss() {
    #expect(crossover(lent: [[50], [250], [350], [250]]).byteCounts == [400])
    #expect(crossover(lent: [[50], [50], [50], [400]]).byteCounts.isEmpty)
  }

  @Test("judges a threshold by the size where it does worst")
  func thresholds() {
    let crossover = crossover(lent: [[240], [240], [240], [240]])
    #expect(crossover.worstChoice(threshold: 200) == 1)
    #expect(crossover.worstChoice(threshold: 299) == 1)
    #expect(crossover.worstChoice(threshold: 300) == 0.8)
    #expect(crossover.worstChoice(threshold: 400) == 0.6)
    #expect(crossover.worstChoice(threshold: 0) == 100.0 / 240)
  }
}
