/// Ethernet frames as a `TrafficPlan` asks for, without end: clients that send to servers, a frame of each flow in turn.
/// The same plan gives the same frames.
///
/// What the servers answer takes another way. TCP connections are open already, and stay so.
package struct GeneratedTraffic: Sendable {
  /// What changes from one packet of a flow to the next; kept small, as there may be a million of them.
  private struct Progress {
    var sequence: UInt32
    var acknowledgement: UInt32
    var identification: UInt16
    let clientPort: UInt16
  }

  // Clients are the hosts of 198.18.0.0/15, servers those of 192.0.2.0/24.
  private static let clientCount = 131_070
  private static let serverCount = 254
  /// How many flows a client may have, of a million.
  private static let flowsPerClient = 8

  private let plan: TrafficPlan
  private var numbers: SplitMix64
  private var sizes: FrameSizeSequence
  private var times: EvenTimes
  private var flows: [Progress]
  private var currentFlow = 0

  /// The plan has no `problem`.
  package init(_ plan: TrafficPlan) {
    precondition(TrafficPlan.flowCounts.contains(plan.flowCount), "there are addresses for a million flows")
    var numbers = SplitMix64(seed: plan.seed)
    flows = (0..<plan.flowCount).map { flow in
      let start = numbers.next()
      // A dynamic port by chance, and still no two of a client's flows on one.
      let port = numbers.next(in: 49_152 / Self.flowsPerClient...65_535 / Self.flowsPerClient) * Self.flowsPerClient
      return Progress(
        sequence: UInt32(truncatingIfNeeded: start), acknowledgement: UInt32(truncatingIfNeeded: start >> 32),
        identification: UInt16(truncatingIfNeeded: start >> 24), clientPort: UInt16(port + flow / Self.clientCount))
    }
    sizes = FrameSizeSequence(plan.sizes)
    times = EvenTimes(from: TrafficPlan.startTime, perSecond: plan.packetsPerSecond)
    self.plan = plan
    self.numbers = numbers
  }

  /// Replaces what is in `frame` with the next frame, and returns its time.
  ///
  /// A frame of the mix that has no room for its headers is as long as they are.
  package mutating func next(into frame: inout [UInt8]) -> Int64 {
    let flow = currentFlow
    currentFlow = flow + 1 == flows.count ? 0 : flow + 1
    let payloadByteCount = max(0, sizes.next(using: &numbers) - plan.headerByteCount(ofFlow: flow))
    let packet = packet(ofFlow: flow, payloadByteCount: payloadByteCount)
    FrameComposer.compose(packet, on: route(ofFlow: flow), into: &frame)
    return times.next()
  }

  private mutating func packet(ofFlow flow: Int, payloadByteCount: Int) -> SamplePacket {
    let progress = flows[flow]
    flows[flow].identification &+= 1
    let content: SamplePacket.Content
    switch plan.transport(ofFlow: flow) {
    case .udp: content = .udp
    case .tcp:
      content = .tcp(
        flags: .acknowledge, sequence: progress.sequence, acknowledgement: progress.acknowledgement)
      flows[flow].sequence &+= UInt32(payloadByteCount)
      // Something is always answered: segments without payload would otherwise be duplicates of each other.
      flows[flow].acknowledgement &+= 1
    }
    return SamplePacket(
      content: content, isFromClient: true, clientPort: progress.clientPort, serverPort: SampleFlow.serverPort,
      payloadByteCount: payloadByteCount, identification: progress.identification)
  }

  private func route(ofFlow flow: Int) -> SampleRoute {
    let client = flow % Self.clientCount + 1
    let server = flow % Self.serverCount + 1
    let isIPv6 = plan.isIPv6(flow: flow)
    let subnet: UInt128 = 0x2001_0db8_0000_0000 << 64
    return SampleRoute(
      clientMAC: 0x0200_0100_0000 | UInt64(client),
      gatewayMAC: 0x0200_0000_00fe,
      client: isIPv6 ? .v6(subnet | 1 << 64 | UInt128(client)) : .v4(0xc612_0000 + UInt32(client)),
      server: isIPv6 ? .v6(subnet | 2 << 64 | UInt128(server)) : .v4(0xc000_0200 + UInt32(server)),
      gateway: 0xc612_0000,
      tag: plan.vlan,
      flowLabel: UInt32(flow) + 1)
  }
}
