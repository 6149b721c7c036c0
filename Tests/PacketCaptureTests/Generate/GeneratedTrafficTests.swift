import PacketCapture
import TestSupport
import Testing

@Suite("generated traffic")
struct GeneratedTrafficTests {
  private static func frames(_ count: Int, of plan: TrafficPlan) -> [PacketRecord] {
    var traffic = GeneratedTraffic(plan)
    var frame: [UInt8] = []
    return (0..<count).map { _ in
      let timestamp = traffic.next(into: &frame)
      return PacketRecord(bytes: frame, originalByteCount: frame.count, timestamp: timestamp)
    }
  }

  private static func plan(
    _ sizes: FrameSizes = .imix, flows: Int = 64, ip: TrafficPlan.AddressFamilies = .v4,
    _ transports: TrafficPlan.Transports = .udp, vlan: UInt16? = nil, pps: UInt64 = 1_000_000, seed: UInt64 = 1
  ) -> TrafficPlan {
    TrafficPlan(
      amount: .packets(1), sizes: sizes, flowCount: flows, addressFamilies: ip, transports: transports, vlan: vlan,
      packetsPerSecond: pps, seed: seed)
  }

  @Test("a plan gives the same frames, another seed others", arguments: [.imix, .range(100...100)] as [FrameSizes])
  func deterministic(sizes: FrameSizes) {
    #expect(Self.frames(500, of: Self.plan(sizes)) == Self.frames(500, of: Self.plan(sizes)))
    #expect(Self.frames(500, of: Self.plan(sizes)) != Self.frames(500, of: Self.plan(sizes, seed: 2)))
  }

  @Test("every twelve frames hold the mix, in changing order")
  func mix() {
    let sizes = Self.frames(1200, of: Self.plan()).map(\.bytes.count)
    let rounds = stride(from: 0, to: 1200, by: 12).map { Array(sizes[$0..<$0 + 12]) }
    let mix = [Int](repeating: 60, count: 7) + [Int](repeating: 590, count: 4) + [1514]
    #expect(rounds.allSatisfy { $0.sorted() == mix })
    #expect(Set(rounds).count > 90)
  }

  @Test("frames of the mix that are too short for their headers are as long as these")
  func mixOfLongHeaders() {
    let sizes = Self.frames(1200, of: Self.plan(ip: .v6, .tcp, vlan: 9)).map(\.bytes.count)
    #expect(Set(sizes) == [78, 590, 1514])
  }

  @Test("a size is that of every frame, a range is filled and not left")
  func sizes() {
    for size in [42, 43, 60, 1514, 9014, 65_535] {
      #expect(Self.frames(50, of: Self.plan(.range(size...size))).allSatisfy { $0.bytes.count == size })
    }
    #expect(
      Set(Self.frames(2000, of: Self.plan(.range(74...133), ip: .both, .both)).map(\.bytes.count)) == Set(74...133))
  }

  @Test(
    "times are even, and what is cut off one is not lost", arguments: [1, 7, 1_000_000, 999_999_937, 1_000_000_000])
  func times(pps: UInt64) {
    let times = Self.frames(2000, of: Self.plan(pps: pps)).map(\.timestamp)
    #expect(
      times == (0..<2000).map { 1_735_689_600_000_000_000 + Int64(UInt128($0) * 1_000_000_000 / UInt128(pps)) })
  }

  @Test(
    "flows take turns, each with addresses or ports of its own",
    arguments: [1, 5, 1000, 140_000] + (LongTests.areWanted ? [1_000_000] : []))
  func flows(count: Int) {
    var traffic = GeneratedTraffic(Self.plan(.range(74...74), flows: count, ip: .both, .both))
    var frame: [UInt8] = []
    var seen: Set<[UInt8]> = []
    for _ in 0..<count {
      _ = traffic.next(into: &frame)
      seen.insert(Self.flow(of: frame))
    }
    #expect(seen.count == count)
    _ = traffic.next(into: &frame)
    #expect(seen.contains(Self.flow(of: frame)))
  }

  /// The protocol, addresses and ports of an untagged frame.
  private static func flow(of frame: [UInt8]) -> [UInt8] {
    frame[12] == 0x08 ? [frame[23]] + frame[26..<38] : [frame[20]] + frame[22..<58]
  }

  @Test("a million flows are possible")
  func mostFlows() {
    var traffic = GeneratedTraffic(Self.plan(flows: TrafficPlan.flowCounts.upperBound))
    var frame: [UInt8] = []
    _ = traffic.next(into: &frame)
    #expect(Self.flow(of: frame).count == 13)
  }

  @Test("addresses are those of documentation and tests, and MAC addresses locally administered")
  func addresses() {
    for record in Self.frames(4000, of: Self.plan(flows: 140_000, ip: .v4)) {
      let frame = record.bytes
      #expect(frame[0] & 0x03 == 0x02 && frame[6] & 0x03 == 0x02)
      #expect(frame[26] == 198 && frame[27] & 0xfe == 18)
      #expect(Array(frame[30..<33]) == [192, 0, 2] && (1...254).contains(frame[33]))
    }
    for record in Self.frames(100, of: Self.plan(ip: .v6)) {
      #expect(Array(record.bytes[22..<26]) == [0x20, 0x01, 0x0d, 0xb8])
      #expect(Array(record.bytes[38..<42]) == [0x20, 0x01, 0x0d, 0xb8])
    }
  }

  @Test(
    "kinds of packets are those asked for, in equal parts where it is both",
    arguments: [
      (.v4, .udp, [400, 0, 0, 0]), (.v4, .tcp, [0, 400, 0, 0]), (.v6, .udp, [0, 0, 400, 0]),
      (.v6, .tcp, [0, 0, 0, 400]),
      (.v4, .both, [200, 200, 0, 0]), (.both, .tcp, [0, 200, 0, 200]), (.both, .both, [100, 100, 100, 100]),
    ] as [(TrafficPlan.AddressFamilies, TrafficPlan.Transports, [Int])])
  func kinds(ip: TrafficPlan.AddressFamilies, transports: TrafficPlan.Transports, counts: [Int]) {
    var found = [0, 0, 0, 0]
    for record in Self.frames(400, of: Self.plan(ip: ip, transports, vlan: 4094)) {
      let frame = record.bytes
      #expect(Array(frame[12..<16]) == [0x81, 0x00, 0x0f, 0xfe])
      let isIPv6 = frame[16] == 0x86
      found[(isIPv6 ? 2 : 0) + (frame[isIPv6 ? 24 : 27] == 6 ? 1 : 0)] += 1
    }
    #expect(found == counts)
  }

  @Test(
    "checksums are right at every length", arguments: [.v4, .v6] as [TrafficPlan.AddressFamilies],
    [.tcp, .udp] as [TrafficPlan.Transports])
  func checksums(ip: TrafficPlan.AddressFamilies, transports: TrafficPlan.Transports) {
    for record in Self.frames(3000, of: Self.plan(.range(74...1514), flows: 7, ip: ip, transports)) {
      let frame = record.bytes
      let transport = ip == .v4 ? 34 : 54
      if ip == .v4 { #expect(internetChecksum(frame[14..<34]) == 0) }
      let length = frame.count - transport
      let pseudoHeader =
        Array(frame[(ip == .v4 ? 26 : 22)..<transport]) + [
          UInt8(length >> 8), UInt8(length & 0xff), 0, transports == .tcp ? 6 : 17,
        ]
      #expect(internetChecksum(pseudoHeader + frame[transport...]) == 0)
    }
  }

  @Test("segments of a flow follow each other without gaps")
  func sequence() {
    var expected: UInt32?
    for record in Self.frames(300, of: Self.plan(.range(54...1514), flows: 1, .tcp)) {
      let sequence = record.bytes[38..<42].reduce(0) { $0 << 8 | UInt32($1) }
      if let expected { #expect(sequence == expected) }
      expected = sequence &+ UInt32(record.bytes.count - 54)
    }
  }
}
