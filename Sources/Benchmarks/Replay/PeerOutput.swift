/// The figures in what other programs print.
package enum PeerOutput {
  /// The packets per second of a run of tcpreplay, from its line `Rated: 113593088.8 Bps, 908.74 Mbps, 288946.02 pps`. Nil
  /// where there is none.
  package static func tcpreplayRate(_ text: String) -> Double? {
    guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("Rated: ") }),
      let field = line.split(separator: ", ").last, field.hasSuffix(" pps")
    else { return nil }
    return Double(field.dropLast(" pps".count))
  }

  /// The packets per second that a port of DPDK's testpmd took, or gave away, in each of its periods so far; without those
  /// in which nothing moved, and the first one in which something did, which began in the middle.
  package static func testpmdRates(_ text: String, port: Int, _ direction: TestpmdDirection) -> [Double] {
    var isPort = false
    var rates: [Double] = []
    for line in text.split(separator: "\n") {
      if line.contains("NIC statistics for port ") {
        isPort = line.contains("for port \(port) ")
      } else if isPort, line.contains(direction.rawValue) {
        let words = line.split(separator: " ")
        guard words.count > 1, words[0] == direction.rawValue, let rate = Double(words[1]), rate > 0 else { continue }
        rates.append(rate)
      }
    }
    return Array(rates.dropFirst())
  }

  /// Which way packets go, as testpmd names it.
  package enum TestpmdDirection: String, Sendable {
    case received = "Rx-pps:"
    case sent = "Tx-pps:"
  }
}
