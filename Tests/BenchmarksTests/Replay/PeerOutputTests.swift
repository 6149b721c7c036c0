import Benchmarks
import Testing

@Suite("The output of a peer")
struct PeerOutputTests {
  @Test("has tcpreplay's rate in its last line of that kind")
  func tcpreplay() {
    let text = """
      Rated: 1.0 Bps, 2.0 Mbps, 3.0 pps
      Actual: 100240 packets (39407260 bytes) sent in 0.346916 seconds
      Rated: 113593088.8 Bps, 908.74 Mbps, 288946.02 pps
      Flows: 272 flows, 784.05 fps, 4948 unique flow packets, 64 unique non-flow packets
      """
    #expect(PeerOutput.tcpreplayRate(text) == 288946.02)
  }

  @Test(
    "has no rate where tcpreplay told none", arguments: ["", "Rated: 1 Bps, 2 Mbps", "Rated: x pps", "Fatal Error"])
  func tcpreplayWithout(text: String) {
    #expect(PeerOutput.tcpreplayRate(text) == nil)
  }

  /// What testpmd prints in one period.
  private func period(_ received: Int, _ sent: Int) -> String {
    """

    Port statistics ====================================
      ######################## NIC statistics for port 0  ########################
      RX-packets: 59 RX-missed: 0          RX-bytes:  0
      Throughput (since last show)
      Rx-pps:     \(received)          Rx-bps:  42425164656
      Tx-pps:            0          Tx-bps:            0
      ############################################################################

      ######################## NIC statistics for port 1  ########################
      Throughput (since last show)
      Rx-pps:            0          Rx-bps:            0
      Tx-pps:     \(sent)          Tx-bps:            0
      ############################################################################

    """
  }

  @Test("has testpmd's rates by port and direction, from the second period in which something moved")
  func testpmd() {
    let text = period(0, 0) + period(5, 4) + period(13_489_486, 13_489_481) + period(7, 6) + period(0, 0)
    #expect(PeerOutput.testpmdRates(text, port: 0, .received) == [13_489_486, 7])
    #expect(PeerOutput.testpmdRates(text, port: 1, .sent) == [13_489_481, 6])
    #expect(PeerOutput.testpmdRates(text, port: 1, .received).isEmpty)
    #expect(PeerOutput.testpmdRates(text, port: 2, .sent).isEmpty)
    #expect(PeerOutput.testpmdRates("EAL: Error", port: 0, .received).isEmpty)
  }

  @Test("may end in the middle of a line")
  func testpmdCut() {
    let text = period(5, 4) + period(7, 6)
    for count in 0...text.count { _ = PeerOutput.testpmdRates(String(text.prefix(count)), port: 0, .received) }
    #expect(PeerOutput.testpmdRates("NIC statistics for port 0 \n  Rx-pps:", port: 0, .received).isEmpty)
  }
}
