/// Ways to spoil valid bytes, as a hostile peer would.
package enum HostileBytes {
  /// Values that make sums overflow, and bounds be missed by one.
  package static let extremes: [UInt32] = [
    0, 1, 7, 8, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFE, 0xFFFF_FFFF,
  ]

  /// Calls `body` with `bytes` once per place of a field (every other byte) and per extreme in 16 and in 32 bits.
  package static func withEveryExtreme(of bytes: [UInt8], _ body: ([UInt8]) -> Void) {
    for width in [2, 4] where bytes.count >= width {
      for offset in stride(from: 0, through: bytes.count - width, by: 2) {
        for extreme in extremes {
          var spoiled = bytes
          for index in 0..<width { spoiled[offset + index] = UInt8(truncatingIfNeeded: extreme >> UInt32(8 * index)) }
          body(spoiled)
        }
      }
    }
  }

  /// Calls `body` with every beginning of `bytes` but the whole.
  package static func withEveryTruncation(of bytes: [UInt8], _ body: ([UInt8]) -> Void) {
    for count in bytes.indices { body(Array(bytes[..<count])) }
  }

  /// `bytes` with one to four random changes, cut short now and then.
  package static func spoiled(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var spoiled = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where spoiled.count >= 4 {
      let offset = Int.random(in: 0...spoiled.count - 4, using: &generator)
      switch UInt8.random(in: 0..<4, using: &generator) {
      case 0:
        spoiled[offset] = UInt8(truncatingIfNeeded: generator.next())
      case 1:
        let extreme = extremes[Int.random(in: 0..<extremes.count, using: &generator)]
        for index in 0..<4 { spoiled[offset & ~3 + index] = UInt8(truncatingIfNeeded: extreme >> UInt32(8 * index)) }
      case 2:
        spoiled[offset] = UInt8.random(in: 0...64, using: &generator)
      default:
        if UInt8.random(in: 0..<8, using: &generator) == 0 { spoiled.removeLast(spoiled.count - offset) }
      }
    }
    return spoiled
  }
}
