import Testing
import TrafficReplay

@Suite("The axes of charts")
struct AxisTests {
  private let second = 1e9

  @Test(
    "have round numbers in the fitting unit",
    arguments: [
      (0, "rate (pps)", ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]), (7, "rate (pps)", ["0", "2", "4", "6", "8"]),
      (999, "rate (pps)", ["0", "200", "400", "600", "800", "1,000"]),
      (2_370_000, "rate (Mpps)", ["0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
      (1e15, "rate (Gpps)", ["0", "200,000", "400,000", "600,000", "800,000", "1,000,000"]),
      (-3, "rate (pps)", ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (.infinity, "rate (pps)", ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (.nan, "rate (pps)", ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ] as [(Double, String, [String])])
  func amounts(largest: Double, title: String, labels: [String]) {
    let axis = Axis.amounts(upTo: largest, title: "rate", units: ["pps", "kpps", "Mpps", "Gpps"])
    #expect(axis.title == title)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.fraction(of: 0) == 0)
    #expect(axis.ticks.last.map { axis.fraction(of: $0.value) } == 1)
  }

  @Test(
    "count whole things",
    arguments: [
      (0, ["0", "1"]), (1, ["0", "1"]), (3, ["0", "1", "2", "3"]), (511, ["0", "200", "400", "600"]),
    ] as [(UInt64, [String])])
  func counts(largest: UInt64, labels: [String]) {
    #expect(Axis.counts(upTo: largest, title: "packets").ticks.map(\.label) == labels)
  }

  @Test("hold the largest number there is")
  func largest() {
    let axis = Axis.counts(upTo: .max, title: "packets")
    #expect(axis.ticks.count > 2)
    #expect(axis.fraction(of: Double(UInt64.max)) <= 1)
    #expect(Axis.time(upTo: .max).ticks.count > 2)
    #expect(Axis.durations(from: .max, to: .max, title: "x").ticks.count == 2)
  }

  @Test(
    "tell time as it is told",
    arguments: [
      (0, "time (ns)", ["0", "1"]), (1_000_000, "time (ms)", ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (2_980_000_000, "time (s)", ["0", "1", "2"]),
      (90_000_000_000, "time (min:s)", ["0:00", "0:20", "0:40", "1:00", "1:20"]),
      (86_400_000_000_000, "time (h:min:s)", ["0:00", "6:00:00", "12:00:00", "18:00:00", "24:00:00"]),
    ] as [(UInt64, String, [String])])
  func time(length: UInt64, title: String, labels: [String]) {
    let axis = Axis.time(upTo: length)
    #expect(axis.title == title)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.fraction(of: Double(max(length, 1))) == 1)
  }

  @Test(
    "have decades of durations",
    arguments: [
      (0, 0, ["1 ns", "10 ns"]), (1000, 1000, ["1 µs", "10 µs"]), (600, 2000, ["100 ns", "1 µs", "10 µs"]),
      (5_000_000_000, 200_000_000_000, ["1 s", "10 s", "100 s", "1,000 s"]),
    ] as [(UInt64, UInt64, [String])])
  func durations(shortest: UInt64, longest: UInt64, labels: [String]) {
    let axis = Axis.durations(from: shortest, to: longest, title: "x")
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.ticks.map { axis.fraction(of: $0.value) }.allSatisfy { (0...1).contains($0) })
  }

  @Test("put values in their place of a decade")
  func logarithm() {
    let axis = Axis.durations(from: 1, to: 100, title: "x")
    #expect(abs(axis.fraction(of: 10) - 0.5) < 1e-8)
    #expect(abs(axis.fraction(of: 31.6227766) - 0.75) < 1e-8)
    #expect(axis.fraction(of: 0) == 0)
    #expect(axis.fraction(of: 1e300) == 1)
    #expect(axis.fraction(of: .nan) == 0)
  }

  @Test(
    "have as many nines as packets can tell",
    arguments: [
      (0, ["0", "50", "90"]), (1, ["0", "50", "90"]), (100, ["0", "50", "90", "99"]),
      (.max, ["0", "50", "90", "99", "99.9", "99.99", "99.999", "99.9999"]),
    ] as [(UInt64, [String])])
  func shares(count: UInt64, labels: [String]) {
    let axis = Axis.shares(of: count, title: "x")
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.fraction(of: 1) == 1)
    #expect(axis.fraction(of: 0) == 0)
  }
}
