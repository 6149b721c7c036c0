import Testing
import TestSupport
import WireFormats

/// The hash as it is defined: a window of 32 key bits moves along the input, and is added where a bit is set.
private func hashBitByBit(_ input: [UInt8], key: [UInt8]) -> UInt32 {
  func keyBit(_ index: Int) -> UInt32 { UInt32(key[index / 8] >> UInt8(7 - index % 8) & 1) }
  var hash: UInt32 = 0
  for bit in 0..<8 * input.count where input[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1 {
    hash ^= (0..<32).reduce(0) { $0 << 1 | keyBit(bit + $1) }
  }
  return hash
}

private func bytes(of key: ToeplitzKey) -> [UInt8] { poisoned(40) { key.store(into: &$0, at: 0) } }

private func input(_ flow: FlowTuple) -> [UInt8] {
  func bytes(_ value: some FixedWidthInteger, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let addressByteCount = flow.version == .v4 ? 4 : 16
  let addresses = bytes(flow.source, addressByteCount) + bytes(flow.destination, addressByteCount)
  return flow.ports.map { addresses + bytes($0.source, 2) + bytes($0.destination, 2) } ?? addresses
}

@Suite("Toeplitz hash")
struct ToeplitzHashTests {
  /// A flow with published hashes.
  struct Vector: Sendable {
    let version: FrameLayout.IPVersion
    let source: UInt128
    let destination: UInt128
    let ports: FlowTuple.Ports
    let withPorts: UInt32
    let addressesOnly: UInt32
  }

  private static func ipv4(_ bytes: [UInt8]) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }

  private func check(_ vector: Vector, key: ToeplitzKey) {
    let hash = ToeplitzHash(key: key)
    func flow(_ ports: FlowTuple.Ports?) -> FlowTuple {
      FlowTuple(version: vector.version, source: vector.source, destination: vector.destination, ports: ports)
    }
    #expect(hash.hash(of: flow(vector.ports)) == vector.withPorts)
    #expect(hash.hash(of: flow(nil)) == vector.addressesOnly)
  }

  @Test(
    "the verification suite of receive-side scaling",
    arguments: [
      Vector(
        version: .v4, source: ipv4([66, 9, 149, 187]), destination: ipv4([161, 142, 100, 80]),
        ports: .init(source: 2794, destination: 1766), withPorts: 0x51CC_C178, addressesOnly: 0x323E_8FC2),
      Vector(
        version: .v4, source: ipv4([199, 92, 111, 2]), destination: ipv4([65, 69, 140, 83]),
        ports: .init(source: 14230, destination: 4739), withPorts: 0xC626_B0EA, addressesOnly: 0xD718_262A),
      Vector(
        version: .v4, source: ipv4([24, 19, 198, 95]), destination: ipv4([12, 22, 207, 184]),
        ports: .init(source: 12898, destination: 38024), withPorts: 0x5C2B_394A, addressesOnly: 0xD2D0_A5DE),
      Vector(
        version: .v6, source: 0x3FFE_2501_0200_1FFF_0000_0000_0000_0007,
        destination: 0x3FFE_2501_0200_0003_0000_0000_0000_0001,
        ports: .init(source: 2794, destination: 1766), withPorts: 0x4020_7D3D, addressesOnly: 0x2CC1_8CD5),
      Vector(
        version: .v6, source: 0x3FFE_0501_0008_0000_0260_97FF_FE40_EFAB,
        destination: 0xFF02_0000_0000_0000_0000_0000_0000_0001,
        ports: .init(source: 14230, destination: 4739), withPorts: 0xDDE5_1BBF, addressesOnly: 0x0F0C_461C),
    ])
  func verificationSuite(vector: Vector) { check(vector, key: .linux) }

  @Test("the vectors' frame, with the keys of both drivers")
  func golden() throws {
    let frame = GoldenVectors.frame.bytes
    let parsed = FlowTuple(parsing: frame.span.bytes)
    let flow = try #require(parsed)
    let ports = try #require(flow.ports)
    func vector(_ withPorts: UInt32, _ addressesOnly: UInt32) -> Vector {
      Vector(
        version: .v4, source: flow.source, destination: flow.destination, ports: ports, withPorts: withPorts,
        addressesOnly: addressesOnly)
    }
    check(vector(0x0FDD_9D29, 0x5CEE_A90C), key: .linux)
    check(vector(0x7AC2_7B28, 0x824B_1B8B), key: .dpdk)
  }

  @Test("every flow has the hash of the definition, under every key")
  func definition() {
    var generator = SeededGenerator()
    for round in 0..<20 {
      let keyBytes = generator.bytes(40)
      let key = ToeplitzKey(keyBytes.span.bytes)
      #expect(bytes(of: key) == keyBytes)
      let hash = ToeplitzHash(key: key)
      for _ in 0..<20 {
        let isIPv4 = Bool.random(using: &generator)
        let high = isIPv4 ? 0 : UInt128(generator.next()) << 64 | UInt128(generator.next() & ~0xFFFF_FFFF)
        let flow = FlowTuple(
          version: isIPv4 ? .v4 : .v6, source: high | UInt128(generator.next() & 0xFFFF_FFFF),
          destination: high | UInt128(generator.next() & 0xFFFF_FFFF),
          ports: round % 2 == 0
            ? nil
            : .init(
              source: .random(in: 0 ... .max, using: &generator),
              destination: .random(in: 0 ... .max, using: &generator)))
        #expect(hash.hash(of: flow) == hashBitByBit(input(flow), key: keyBytes), "seed \(generator.seed)")
      }
    }
  }
}
