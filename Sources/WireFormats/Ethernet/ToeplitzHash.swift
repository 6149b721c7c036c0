/// The hash of receive-side scaling: every input bit that is set adds the 32 key bits at its position.
///
/// The input is source address, destination address, source port and destination port, each in network order. The sums
/// for every value of every input byte are kept, so a hash is one look-up a byte.
package struct ToeplitzHash: Sendable {
  /// Two IPv6 addresses and two ports.
  private static let maximumInputByteCount = 36

  /// 256 sums per input byte.
  private let sums: [UInt32]

  /// Builds the sums of `key`: 36 KiB.
  package init(key: ToeplitzKey) {
    var sums = [UInt32](repeating: 0, count: 256 * Self.maximumInputByteCount)
    for byte in 0..<Self.maximumInputByteCount {
      for bit in 0..<8 {
        let window = key.window(at: 8 * byte + bit)
        let mask = 0x80 >> bit
        for value in 0..<256 where value & mask != 0 { sums[256 * byte + value] ^= window }
      }
    }
    self.sums = sums
  }

  /// The hash of the flow: of addresses and ports if there are ports, of addresses alone if not.
  package func hash(of flow: FlowTuple) -> UInt32 {
    var hash: UInt32
    var position: Int
    switch flow.version {
    case .v4:
      hash =
        sum(of: UInt32(truncatingIfNeeded: flow.source), at: 0)
        ^ sum(of: UInt32(truncatingIfNeeded: flow.destination), at: 4)
      position = 8
    case .v6:
      hash = sum(ofIPv6: flow.source, at: 0) ^ sum(ofIPv6: flow.destination, at: 16)
      position = 32
    }
    if let ports = flow.ports {
      hash ^= sum(of: UInt32(ports.source) << 16 | UInt32(ports.destination), at: position)
    }
    return hash
  }

  private func sum(ofIPv6 address: UInt128, at position: Int) -> UInt32 {
    var sum: UInt32 = 0
    for index in 0..<4 {
      sum ^= self.sum(of: UInt32(truncatingIfNeeded: address >> (96 - 32 * index)), at: position + 4 * index)
    }
    return sum
  }

  /// The sum of four input bytes, the highest at `position`.
  @inline(__always)
  private func sum(of word: UInt32, at position: Int) -> UInt32 {
    let first = 256 * position
    let high = sums[first + Int(word >> 24)] ^ sums[first + 256 + Int(word >> 16 & 0xFF)]
    return high ^ sums[first + 512 + Int(word >> 8 & 0xFF)] ^ sums[first + 768 + Int(word & 0xFF)]
  }
}
