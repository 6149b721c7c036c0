import PacketCapture
import Testing

@Suite("a traffic plan")
struct TrafficPlanTests {
  private func plan(
    _ amount: TrafficPlan.Amount = .packets(1), _ sizes: FrameSizes = .imix, flows: Int = 4,
    ip: TrafficPlan.AddressFamilies = .v4, _ transports: TrafficPlan.Transports = .udp, vlan: UInt16? = nil
  ) -> TrafficPlan {
    TrafficPlan(
      amount: amount, sizes: sizes, flowCount: flows, addressFamilies: ip, transports: transports, vlan: vlan)
  }

  @Test(
    "wants room for the longest headers that it has",
    arguments: [
      (.v4, .udp, nil, 42), (.v4, .tcp, nil, 54), (.v6, .udp, nil, 62), (.v6, .tcp, nil, 74), (.v4, .udp, 1, 46),
      (.v6, .both, 1, 78), (.both, .both, nil, 74), (.both, .tcp, nil, 74),
    ] as [(TrafficPlan.AddressFamilies, TrafficPlan.Transports, UInt16?, Int)])
  func headers(ip: TrafficPlan.AddressFamilies, transports: TrafficPlan.Transports, vlan: UInt16?, least: Int) {
    let short = plan(.packets(1), .range(least - 1...1514), ip: ip, transports, vlan: vlan)
    if least > 42 { #expect(short.problem == .framesTooShort(least: least)) }
    #expect(plan(.packets(1), .range(least...1514), ip: ip, transports, vlan: vlan).problem == nil)
    #expect(plan(.packets(1), .imix, ip: ip, transports, vlan: vlan).problem == nil)
  }

  @Test("asks only for the headers of the flows that there are")
  func fewFlows() {
    // Two flows of both are TCP over IPv4 and UDP over IPv6.
    #expect(plan(.packets(1), .range(62...62), flows: 2, ip: .both, .both).problem == nil)
    #expect(plan(.packets(1), .range(62...62), flows: 4, ip: .both, .both).problem == .framesTooShort(least: 74))
  }

  @Test("wants a file that holds a packet")
  func smallFile() {
    #expect(plan(.fileBytes(24 + 16 + 1514)).problem == nil)
    #expect(plan(.fileBytes(24 + 16 + 1513)).problem == .fileTooSmall(least: 1554))
    #expect(plan(.fileBytes(99), .range(60...60)).problem == .fileTooSmall(least: 100))
  }

  @Test("ends before pcap's times do, at every rate it is allowed")
  func times() {
    var slow = plan(.packets(2_500_000_000))
    slow.packetsPerSecond = 1
    #expect(slow.problem == .tooLong(leastPacketsPerSecond: 2))
    slow.packetsPerSecond = 2
    #expect(slow.problem == nil)
    for amount in [.packets(TrafficPlan.packetCounts.upperBound), .fileBytes(.max)] as [TrafficPlan.Amount] {
      var long = plan(amount)
      long.packetsPerSecond = TrafficPlan.packetRates.upperBound
      #expect(long.problem == nil)
    }
  }
}
