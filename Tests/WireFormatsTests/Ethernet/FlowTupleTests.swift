import Testing
import TestSupport
import WireFormats

/// The parts of frames the tests put together.
private enum Part {
  static let addresses = Array(GoldenVectors.frame.bytes[..<12])
  static let ports: [UInt8] = [0xC0, 0x00, 0x00, 0x50, 0, 0, 0, 0]

  static func ipv4(options: [UInt8] = [], totalByteCount: Int? = nil, fragment: UInt16 = 0, protocol number: UInt8)
    -> [UInt8]
  {
    let total = totalByteCount ?? 20 + options.count + ports.count
    return [0x45 + UInt8(options.count / 4), 0, UInt8(total >> 8), UInt8(total & 0xFF), 0, 0]
      + [UInt8(fragment >> 8), UInt8(fragment & 0xFF), 64, number, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + options
  }

  static func ipv6(next: UInt8, payloadByteCount: Int) -> [UInt8] {
    [0x60, 0, 0, 0, UInt8(payloadByteCount >> 8), UInt8(payloadByteCount & 0xFF), next, 64]
      + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
      + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [2]
  }
}

private let ipv6Source: UInt128 = 0x2001_0DB8 << 96 | 1
private let ipv6Destination: UInt128 = 0x2001_0DB8 << 96 | 2

@Suite("Flow tuple")
struct FlowTupleTests {
  private let ports = FlowTuple.Ports(source: 49152, destination: 80)

  private func flow(of frame: [UInt8]) -> FlowTuple? { FlowTuple(parsing: frame.span.bytes) }

  private func flow(_ parts: [UInt8]...) -> FlowTuple? { flow(of: Part.addresses + parts.flatMap { $0 }) }

  private func ipv4(_ ports: FlowTuple.Ports?) -> FlowTuple {
    FlowTuple(version: .v4, source: 0xC000_0201, destination: 0xC000_0202, ports: ports)
  }

  private func ipv6(_ ports: FlowTuple.Ports?) -> FlowTuple {
    FlowTuple(version: .v6, source: ipv6Source, destination: ipv6Destination, ports: ports)
  }

  @Test("the vectors' frame has addresses and ports")
  func golden() { #expect(flow(of: GoldenVectors.frame.bytes) == ipv4(ports)) }

  @Test("up to two tags of any kind stand in front of the packet")
  func tags() {
    let packet = [0x08, 0x00] + Part.ipv4(protocol: 17) + Part.ports
    #expect(flow(packet) == ipv4(ports))
    #expect(flow([0x81, 0x00, 0xA0, 0x64], packet) == ipv4(ports))
    #expect(flow([0x88, 0xA8, 0, 1, 0x81, 0x00, 0, 2], packet) == ipv4(ports))
    #expect(flow([0x91, 0x00, 0, 1, 0x81, 0x00, 0, 2], packet) == ipv4(ports))
    #expect(flow([0x81, 0x00, 0, 1, 0x81, 0x00, 0, 2, 0x81, 0x00, 0, 3], packet) == nil)
  }

  @Test("ports stand behind the options")
  func options() {
    let options = [UInt8](repeating: 1, count: 40)
    #expect(flow([0x08, 0x00], Part.ipv4(options: options, protocol: 6), Part.ports) == ipv4(ports))
  }

  @Test("every fragment is told by its addresses alone", arguments: [0x2000, 0x0001, 0x1FFF, 0x3FFF] as [UInt16])
  func fragments(field: UInt16) {
    #expect(flow([0x08, 0x00], Part.ipv4(fragment: field, protocol: 6), Part.ports) == ipv4(nil))
  }

  @Test("the don't-fragment flag makes no fragment")
  func doNotFragment() {
    #expect(flow([0x08, 0x00], Part.ipv4(fragment: 0x4000, protocol: 6), Part.ports) == ipv4(ports))
  }

  @Test("other protocols have no ports", arguments: [0, 1, 47, 58, 132, 255] as [UInt8])
  func otherProtocols(number: UInt8) {
    #expect(flow([0x08, 0x00], Part.ipv4(protocol: number), Part.ports) == ipv4(nil))
  }

  @Test("ports beyond the packet's own length are padding")
  func ownLength() {
    #expect(flow([0x08, 0x00], Part.ipv4(totalByteCount: 23, protocol: 17), Part.ports) == ipv4(nil))
    #expect(flow([0x08, 0x00], Part.ipv4(totalByteCount: 24, protocol: 17), Part.ports) == ipv4(ports))
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 17, payloadByteCount: 3), Part.ports) == ipv6(nil))
  }

  @Test("a packet captured in front of segmentation offload has no length of its own")
  func noLength() {
    #expect(flow([0x08, 0x00], Part.ipv4(totalByteCount: 0, protocol: 6), Part.ports) == ipv4(ports))
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 6, payloadByteCount: 0), Part.ports) == ipv6(ports))
  }

  @Test("a broken IPv4 header is no flow", arguments: [0x44, 0x40, 0x55, 0x65, 0x00] as [UInt8])
  func brokenIPv4(first: UInt8) {
    var packet = Part.ipv4(protocol: 6)
    packet[0] = first
    #expect(flow([0x08, 0x00], packet, Part.ports) == nil)
  }

  @Test("an IPv4 header that reaches beyond the frame leaves the addresses")
  func longIPv4Header() {
    var packet = Part.ipv4(protocol: 6)
    packet[0] = 0x4F
    #expect(flow([0x08, 0x00], packet, Part.ports) == ipv4(nil))
  }

  @Test("extension headers of IPv6 are passed")
  func extensions() {
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 6, payloadByteCount: 8), Part.ports) == ipv6(ports))
    let hopByHop: [UInt8] = [43, 0, 0, 0, 0, 0, 0, 0]
    let routing: [UInt8] = [60, 1] + [UInt8](repeating: 0, count: 14)
    let options: [UInt8] = [17, 0, 0, 0, 0, 0, 0, 0]
    let chain = hopByHop + routing + options
    #expect(
      flow([0x86, 0xDD], Part.ipv6(next: 0, payloadByteCount: chain.count + 8), chain, Part.ports) == ipv6(ports))
  }

  @Test("fragments of IPv6, endless chains and chains beyond the frame leave the addresses")
  func brokenExtensions() {
    let fragment: [UInt8] = [6, 0, 0, 1, 0, 0, 0, 0]
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 44, payloadByteCount: 16), fragment, Part.ports) == ipv6(nil))
    let endless = [[UInt8]](repeating: [60, 0, 0, 0, 0, 0, 0, 0], count: 100).flatMap { $0 }
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 60, payloadByteCount: 800), endless) == ipv6(nil))
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 60, payloadByteCount: 16), [6, 255], Part.ports) == ipv6(nil))
    #expect(flow([0x86, 0xDD], Part.ipv6(next: 60, payloadByteCount: 16), [6, 1, 0, 0, 0, 0, 0, 0]) == ipv6(nil))
  }

  @Test("frames that are not IP are no flow")
  func notIP() {
    #expect(flow([0x08, 0x06], [UInt8](repeating: 0, count: 28)) == nil)
    #expect(flow([0x00, 0x40], [UInt8](repeating: 0, count: 64)) == nil)
  }

  @Test("every beginning of a frame is taken without harm")
  func truncations() {
    HostileBytes.withEveryTruncation(of: GoldenVectors.frame.bytes) { bytes in
      #expect(flow(of: bytes) == (bytes.count < 34 ? nil : ipv4(bytes.count < 38 ? nil : ports)))
    }
    let chain: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 0]
    let ipv6Frame = Part.addresses + [0x86, 0xDD] + Part.ipv6(next: 0, payloadByteCount: 16) + chain + Part.ports
    HostileBytes.withEveryTruncation(of: ipv6Frame) { bytes in
      #expect(flow(of: bytes) == (bytes.count < 54 ? nil : ipv6(bytes.count < 66 ? nil : ports)))
    }
  }
}
