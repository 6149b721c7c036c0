/// How the packets were spread over the queues.
struct QueueChart {
  let queues: [QueueAccount]

  /// More bars than that have no number each.
  private static let mostValues = 4
  private static let mostLabels = 16

  var figure: Figure {
    let offered = queues.map(\.offered.packets)
    let most = offered.max() ?? 0
    let mean = Double(offered.reduce(0, +)) / Double(max(queues.count, 1))
    let vertical = Axis.counts(upTo: most, title: "packets")
    let area = ChartArea(horizontal: .queues(queues.map(\.queue), labels: Self.mostLabels), vertical: vertical)
    let summary =
      "Least \(Readable.count(offered.min() ?? 0)), most \(Readable.count(most)), evenly shared "
      + "\(Readable.count(UInt64(mean.rounded()))) each (dashed)."
    let legend = hasRest ? " Plain: completed; striped: refused, failed or lost." : ""
    return Figure(
      name: "queue-balance", title: "Packets by queue", description: summary + legend, caption: summary + legend,
      drawing: ([area.axes] + queues.indices.map { bar(at: $0, in: area) } + [area.level(mean, "mean")]
        + values(in: area))
        .joined(separator: "\n"))
  }

  private var hasRest: Bool { queues.contains { $0.offered.packets > $0.completed.packets } }

  private func bar(at index: Int, in area: ChartArea) -> String {
    let queue = queues[index]
    let slot = ChartArea.drawnWidth / Double(queues.count)
    let width = min(slot * 0.7, 60)
    let x = area.x(Double(index)) - width / 2
    let (done, all) = (area.y(Double(queue.completed.packets)), area.y(Double(queue.offered.packets)))
    let rest = queue.offered.packets - min(queue.completed.packets, queue.offered.packets)
    let tip =
      "queue \(queue.queue): \(Readable.count(queue.completed.packets)) completed"
      + (rest > 0 ? ", \(Readable.count(rest)) not" : "")
    var parts = [SVG.bar("bar", x: x, y: done, width: width, height: ChartArea.floor - done, tip: tip)]
    if rest > 0 { parts.append(SVG.bar("rest", x: x, y: all, width: width, height: max(done - all, 2), tip: tip)) }
    return parts.joined()
  }

  /// The numbers above the bars, where there is room for them.
  private func values(in area: ChartArea) -> [String] {
    guard queues.count <= Self.mostValues else { return [] }
    return queues.enumerated().map { index, queue in
      let packets = queue.offered.packets
      return SVG.text(Readable.count(packets), "middle value", at: (area.x(Double(index)), area.y(Double(packets)) - 6))
    }
  }
}

extension Axis {
  /// Things side by side, with at most about so many of their numbers.
  static func queues(_ numbers: [Int], labels: Int) -> Axis {
    let stride = (numbers.count + labels - 1) / labels
    let ticks = numbers.indices.filter { $0 % max(stride, 1) == 0 }.map { Tick(Double($0), "\(numbers[$0])") }
    return places(numbers.count, ticks: ticks, title: "queue")
  }
}
