/// How much was completed in each of the intervals that a run is shown in.
package struct RateSteps: Sendable, Equatable {
  package struct Step: Sendable, Equatable {
    /// Since the first, in nanoseconds.
    package let start: UInt64
    package let end: UInt64
    package let completed: Tally

    package init(start: UInt64, end: UInt64, completed: Tally) {
      self.start = start
      self.end = end
      self.completed = completed
    }

    package var packetsPerSecond: Double { Double(completed.packets) / (Double(end - start) / 1e9) }
    package var bitsPerSecond: Double { 8 * Double(completed.bytes) / (Double(end - start) / 1e9) }
  }

  /// As many as a chart has room for.
  private static let mostSteps = 180
  /// With fewer packets a step shows chance rather than a rate.
  private static let packetsPerStep: UInt64 = 20

  package private(set) var steps: [Step] = []

  /// Of a run that completed `total` in `elapsed` nanoseconds. One that was too short to be looked at is one step.
  package init(_ samples: [ProgressSample], total: Tally, elapsed: UInt64) {
    let moving = Self.moving(samples)
    guard elapsed > 0, total.packets > 0 else { return }
    let wanted = Int(min(total.packets / Self.packetsPerStep, UInt64(Self.mostSteps)))
    guard let first = moving.first, let last = moving.last, wanted > 1, moving.count > 2 else {
      steps = [Step(start: 0, end: elapsed, completed: total)]
      return
    }
    let length = Double(last.time - first.time) / Double(wanted)
    var previous = first
    for sample in moving.dropFirst() where sample == last || Double(sample.time - previous.time) >= length {
      steps.append(
        Step(
          start: previous.time - first.time, end: sample.time - first.time,
          completed: Tally(
            packets: sample.completed.packets - previous.completed.packets,
            bytes: sample.completed.bytes - previous.completed.bytes)))
      previous = sample
    }
  }

  /// From the last sample before anything was completed to the first by when all was: opening and closing are no sending.
  private static func moving(_ samples: [ProgressSample]) -> ArraySlice<ProgressSample> {
    guard let total = samples.last?.completed, let end = samples.firstIndex(where: { $0.completed == total }),
      let begin = samples.firstIndex(where: { $0.completed.packets > 0 })
    else { return [] }
    return samples[max(0, begin - 1)...max(end, begin)]
  }
}

/// A rate over the time of a run.
struct RateChart {
  let name: String
  let title: String
  let axisTitle: String
  let units: [String]
  let steps: [RateSteps.Step]
  let mean: Double
  let rate: (RateSteps.Step) -> Double
  let text: (Double) -> String

  var figure: Figure {
    let rates = steps.map(rate)
    let most = rates.max() ?? 0
    let area = ChartArea(
      horizontal: .time(upTo: steps.last?.end ?? 0),
      vertical: .amounts(upTo: max(most, mean), title: axisTitle, units: units))
    let outline = zip(steps, rates).enumerated().map { index, step in
      let y = SVG.number(area.y(step.1))
      let start = index == 0 ? "M\(SVG.number(area.x(0))) \(y)" : "V\(y)"
      return "\(start)H\(SVG.number(area.x(Double(step.0.end))))"
    }.joined()
    let floor = SVG.number(ChartArea.floor)
    let summary =
      "Mean \(text(mean)) (dashed), least \(text(rates.min() ?? 0)), most \(text(most))"
      + (steps.count > 1 ? ", in \(steps.count) intervals." : ": too short a run for more than its mean.")
    return Figure(
      name: name, title: title, description: summary, caption: summary,
      drawing: [
        area.axes,
        SVG.path("\(outline)V\(floor)H\(SVG.number(area.x(0)))Z", "area"),
        SVG.path(outline, "curve"),
        area.level(mean, "mean"),
      ].joined(separator: "\n"))
  }
}
