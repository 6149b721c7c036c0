/// Whose writers send through a ring that they share.
package enum CrossingWriter: String, Sendable, CaseIterable {
  case cooperative
  case ordered
  case dpdk

  /// Nil for our own.
  var peer: String? { self == .dpdk ? "dpdk" : nil }

  /// Whether one writer waits for another, so that many of them may not be done in a lifetime.
  var waitsForOthers: Bool { self != .cooperative }

  /// What this program has.
  static var available: [CrossingWriter] { allCases.filter { $0 != .dpdk || RingBenchmark.includesPeer } }
}
