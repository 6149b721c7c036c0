/// Ethernet traffic as a client network sees it, without end: many flows in turn, TCP and UDP over IPv4 and IPv6, the
/// ARP before it, some of it tagged. The same seed gives the same frames.
///
/// Addresses are those reserved for documentation, MAC addresses locally administered.
package struct SampleTraffic: Sendable {
  /// A client and a server per flow, each pair of its own.
  package static let mostFlows = clientCount * serverCount
  private static let clientCount = 253
  private static let serverCount = 254

  private var numbers: SplitMix64
  private var flows: [SampleFlow]
  private var currentFlow = 0
  private var timestamp: Int64
  private let meanGap: Int64

  /// `startTime` is the time of the first frame in nanoseconds since 1970, `meanGap` the mean time between bursts in
  /// nanoseconds; a burst is a train of packets of one flow.
  package init(flowCount: Int, seed: UInt64, startTime: Int64, meanGap: Int64) {
    precondition((1...Self.mostFlows).contains(flowCount), "there are addresses for 64262 flows")
    precondition((1...1_000_000_000_000).contains(meanGap), "a mean gap is at most a thousand seconds")
    var numbers = SplitMix64(seed: seed)
    flows = (0..<flowCount).map { index in
      SampleFlow(
        route: Self.route(ofFlow: index, using: &numbers), transport: index % 3 == 2 ? .udp : .tcp,
        numbers: &numbers)
    }
    self.numbers = numbers
    timestamp = startTime
    self.meanGap = meanGap
  }

  /// Replaces what is in `frame` with the next frame, and returns its time, later than all before.
  package mutating func next(into frame: inout [UInt8]) -> Int64 {
    let frameTime = timestamp
    let packet = flows[currentFlow].next(using: &numbers)
    FrameComposer.compose(packet, on: flows[currentFlow].route, into: &frame)
    // Three times in four a burst goes on; otherwise another flow comes in between.
    if flows[currentFlow].isMidBurst && numbers.next(in: 1...4) > 1 {
      // 1230 ns is what a full frame takes at 10 Gbit/s.
      timestamp &+= Int64(numbers.next(in: 1230...20_000))
    } else {
      timestamp &+= Int64(numbers.next(in: 1...Int(2 * meanGap)))
      currentFlow = numbers.next(in: 0...flows.count - 1)
    }
    return frameTime
  }

  /// Every fourth flow is IPv6, every fifth tagged.
  private static func route(ofFlow index: Int, using numbers: inout SplitMix64) -> SampleRoute {
    let client = index % clientCount + 1
    // Shifted by the client, so that few flows have many servers as well, and still no two flows the same pair.
    let server = (index / clientCount + index % clientCount) % serverCount + 1
    let isIPv6 = index % 4 == 3
    let subnet: UInt128 = 0x2001_0db8_0000_0000 << 64
    return SampleRoute(
      clientMAC: 0x0200_0000_0000 | UInt64(client),
      gatewayMAC: 0x0200_0000_00fe,
      client: isIPv6 ? .v6(subnet | 1 << 64 | UInt128(client)) : .v4(0xc000_0200 | UInt32(client)),
      server: isIPv6 ? .v6(subnet | 2 << 64 | UInt128(server)) : .v4(0xc633_6400 | UInt32(server)),
      gateway: 0xc000_02fe,
      // VLAN 10 at priority 0, or VLAN 20 at priority 5.
      tag: index % 5 == 4 ? (index % 2 == 0 ? 10 : 5 << 13 | 20) : nil,
      flowLabel: UInt32(truncatingIfNeeded: numbers.next()) & 0xf_ffff)
  }
}
