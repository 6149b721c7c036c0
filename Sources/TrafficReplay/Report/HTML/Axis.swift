/// One side of a chart: what is where, and what is written beside it.
package struct Axis: Sendable, Equatable {
  package struct Tick: Sendable, Equatable {
    package let value: Double
    package let label: String

    package init(_ value: Double, _ label: String) {
      self.value = value
      self.label = label
    }
  }

  /// What is measured, with its unit.
  package let title: String
  package let ticks: [Tick]
  private let lowest: Double
  private let highest: Double
  private let scale: Scale

  private enum Scale {
    case linear
    case logarithmic
    /// By how little is missing to one: 0.9, 0.99 and 0.999 are at equal distances.
    case nines

    func position(_ value: Double) -> Double {
      switch self {
      case .linear: value
      case .logarithmic: Logarithm.ten(value)
      case .nines: -Logarithm.ten(1 - value)
      }
    }
  }

  private init(title: String, ticks: [Tick], from lowest: Double, to highest: Double, scale: Scale = .linear) {
    self.title = title
    self.ticks = ticks
    self.lowest = lowest
    self.highest = highest
    self.scale = scale
  }

  /// Where a value is, between the axis' ends at 0 and 1. What lies beyond an end is put there.
  package func fraction(of value: Double) -> Double {
    guard !value.isNaN else { return 0 }
    return min(max((scale.position(value) - lowest) / (highest - lowest), 0), 1)
  }
}

extension Axis {
  /// From 0 to a round number that is `largest` or more, with values in the fitting unit of `units`, each a thousand times
  /// the one before.
  package static func amounts(upTo largest: Double, title: String, units: [String]) -> Axis {
    let largest = usable(largest)
    let step = roundStep(for: largest / wantedSteps)
    let count = (largest / step).rounded(.up)
    return Axis(
      title: unitTitle(title, units, largest), ticks: ticks(step, Int(count), unitOf(largest, units)), from: 0,
      to: count * step)
  }

  /// Whole things from 0 to a round number that is `largest` or more.
  package static func counts(upTo largest: UInt64, title: String) -> Axis {
    let largest = max(Double(largest), 1)
    let step = max(roundStep(for: largest / wantedSteps), 1)
    let count = (largest / step).rounded(.up)
    return Axis(
      title: unitTitle(title, countUnits, largest), ticks: ticks(step, Int(count), unitOf(largest, countUnits)),
      from: 0,
      to: count * step)
  }

  /// Time that passes, from 0 to exactly `nanoseconds`.
  package static func time(upTo nanoseconds: UInt64) -> Axis {
    let length = max(Double(nanoseconds), 1)
    guard length >= 60e9 else {
      let units = ["ns", "µs", "ms", "s"]
      let step = max(roundStep(for: length / wantedSteps), 1)
      return Axis(
        title: unitTitle("time", units, length), ticks: ticks(step, Int(length / step), unitOf(length, units)), from: 0,
        to: length)
    }
    let step = clockSteps.first { length / ($0 * 1e9) <= wantedSteps + 1 } ?? (length / wantedSteps / 1e9).rounded(.up)
    let ticks = (0...Int(length / (step * 1e9))).map { index in
      let value = Double(index) * step * 1e9
      return Tick(value, Readable.clock(UInt64(value)))
    }
    return Axis(title: length < 3600e9 ? "time (min:s)" : "time (h:min:s)", ticks: ticks, from: 0, to: length)
  }

  /// Durations in decades that hold all from `shortest` to `longest` nanoseconds.
  package static func durations(from shortest: UInt64, to longest: UInt64, title: String) -> Axis {
    let lowest = digits(max(shortest, 1)) - 1
    // A power of ten is the end of its decade, not the begin of another.
    let highest = max(digits(max(longest, 2) - 1), lowest + 1)
    let ticks = (lowest...highest).map { power in
      let unit = min(power / 3, durationUnits.count - 1)
      let value = (0..<(power - 3 * unit)).reduce(UInt64(1)) { value, _ in value * 10 }
      return Tick(tenToThe(power), "\(Readable.count(value)) \(durationUnits[unit])")
    }
    return Axis(title: title, ticks: ticks, from: Double(lowest), to: Double(highest), scale: .logarithmic)
  }

  /// The shares of `count` things, as fine as so many can tell.
  package static func shares(of count: UInt64, title: String) -> Axis {
    let nines = min(max(digits(max(count, 2) - 1), 1), mostNines)
    let ticks =
      [Tick(0, "0"), Tick(0.5, "50")]
      + (1...nines).map { nine in
        let tail = nine > 2 ? "." + String(repeating: "9", count: nine - 2) : ""
        return Tick(1 - 1 / tenToThe(nine), nine == 1 ? "90" : "99\(tail)")
      }
    return Axis(title: title, ticks: ticks, from: 0, to: Double(nines), scale: .nines)
  }

  /// So many things side by side, the first of them at 0.
  static func places(_ count: Int, ticks: [Tick], title: String) -> Axis {
    Axis(title: title, ticks: ticks, from: -0.5, to: max(Double(count), 1) - 0.5)
  }

  private static let wantedSteps = 5.0
  private static let mostNines = 6
  private static let countUnits = ["", "thousand", "million", "billion", "trillion"]
  private static let durationUnits = ["ns", "µs", "ms", "s"]
  /// In seconds: parts of minutes, hours and days, and then days.
  private static let clockSteps: [Double] =
    [10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000]

  /// An axis needs some length, and one that ends.
  private static func usable(_ largest: Double) -> Double { largest > 0 && largest.isFinite ? min(largest, 1e18) : 1 }

  /// 1, 2 or 5 times a power of ten: the least of them that is not below `least`.
  private static func roundStep(for least: Double) -> Double {
    var power = 1.0
    while power * 10 <= least { power *= 10 }
    while power > least { power /= 10 }
    return [1, 2, 5].lazy.map { $0 * power }.first { $0 >= least } ?? power * 10
  }

  private struct Unit {
    let size: Double
    let name: String
  }

  private static func unitOf(_ largest: Double, _ units: [String]) -> Unit {
    var unit = Unit(size: 1, name: units[0])
    for name in units.dropFirst() where largest >= unit.size * 1000 { unit = Unit(size: unit.size * 1000, name: name) }
    return unit
  }

  private static func unitTitle(_ title: String, _ units: [String], _ largest: Double) -> String {
    let name = unitOf(largest, units).name
    return name.isEmpty ? title : "\(title) (\(name))"
  }

  private static func ticks(_ step: Double, _ count: Int, _ unit: Unit) -> [Tick] {
    let shown = step / unit.size
    var decimals = 0
    var smallest = 1.0
    // A step is rounded in binary: just below a power of ten counts as that.
    while shown < smallest * 0.999, decimals < 9 {
      smallest /= 10
      decimals += 1
    }
    return (0...count).map { index in
      let value = Double(index) * shown
      // A count has commas, which a number with decimals is too small for: it is below a thousand of its unit.
      let label =
        decimals > 0 && index > 0 ? Readable.fixed(value, decimals: decimals) : Readable.count(UInt64(value.rounded()))
      return Tick(Double(index) * step, label)
    }
  }

  private static func digits(_ value: UInt64) -> Int { String(value).utf8.count }

  private static func tenToThe(_ power: Int) -> Double { (0..<power).reduce(1.0) { value, _ in value * 10 } }
}
