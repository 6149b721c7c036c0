internal import Benchmarks

/// Why a peer has no figures, in one line.
struct PeerError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension String {
  var firstLine: Substring { split(separator: "\n").first ?? "without a word" }
  var lastLine: Substring { split(separator: "\n").last ?? "without a word" }
}

extension ReplayPeer {
  /// One that says on standard error why it failed.
  init(_ name: String, to target: String, reporting measure: @escaping () throws -> Double) {
    self.init(name, to: target) {
      do {
        return try measure()
      } catch {
        Console.report("\(name) to \(target): \(error)")
        return nil
      }
    }
  }
}
