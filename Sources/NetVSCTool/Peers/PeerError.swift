/// Why a peer has no figures, in one line.
struct PeerError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension String {
  var firstLine: Substring { split(separator: "\n").first ?? "without a word" }
  var lastLine: Substring { split(separator: "\n").last ?? "without a word" }
}
