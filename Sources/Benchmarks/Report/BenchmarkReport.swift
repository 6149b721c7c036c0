/// What a benchmark found: schema `netvsc.bench/1`.
///
/// Keys may be added to the schema; none is renamed or removed.
package struct BenchmarkReport: Encodable, Sendable {
  package let schema = "netvsc.bench/1"
  package var machine: Machine
  package var results: [BenchmarkResult] = []
  package var ratios: [BenchmarkRatio] = []

  package init(machine: Machine) { self.machine = machine }
}

/// One figure, measured again and again.
package struct BenchmarkResult: Encodable, Sendable {
  package let name: String
  package let parameters: Parameters
  /// Whose code it was, where it was not ours.
  package let peer: String?
  package let median: Double
  package let min: Double
  package let max: Double
  package let unit: String

  package init(
    _ name: String, _ parameters: Parameters, peer: String? = nil, _ samples: Samples, unit: String
  ) {
    self.name = name
    self.parameters = parameters
    self.peer = peer
    (median, min, max) = (samples.median, samples.min, samples.max)
    self.unit = unit
  }

  private enum CodingKeys: String, CodingKey {
    case name, parameters, peer, median, min, max, unit
  }

  /// A peer that there is none of is null, its key stays.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(peer, forKey: .peer)
    try container.encode(median, forKey: .median)
    try container.encode(min, forKey: .min)
    try container.encode(max, forKey: .max)
    try container.encode(unit, forKey: .unit)
  }
}

/// Two figures compared: the larger the better.
package struct BenchmarkRatio: Encodable, Sendable {
  package let name: String
  package let value: Double
  /// What it should reach; nil where it only informs.
  package let target: Double?

  package init(name: String, value: Double, target: Double?) {
    self.name = name
    self.value = value
    self.target = target
  }

  /// Whether it is what it should be.
  package var isReached: Bool { target.map { value >= $0 } ?? true }
}
