package import SharedMemory

/// Where the words of a control page lie, told apart from the code under test.
package enum ControlPageOffset: Int, Sendable, CaseIterable {
  case writeIndex = 0
  case readIndex = 4
  case interruptMask = 8
  case pendingSendSize = 12
  case featureBits = 64
}

/// A ring in memory of its own, which a test can look into and tamper with as the other side would: by bytes.
package struct TestRing: Sendable, CustomStringConvertible {
  /// What every byte of the data area holds at first, so that one which nobody wrote shows.
  package static let poison: UInt8 = 0xA5
  private static let pageByteCount = 4096

  package let region: SharedRegion
  package let view: RingView
  package let dataByteCount: Int

  /// A poisoned ring whose two indices stand at `write` and `read`.
  package init(dataByteCount: Int = 4096, mapping: RingMapping, write: UInt32 = 0, read: UInt32 = 0)
    throws(SystemError)
  {
    self.dataByteCount = dataByteCount
    region = try SharedRegion(byteCount: Self.pageByteCount + dataByteCount)
    view = try region.ring(at: 0, dataByteCount: dataByteCount, mapping: mapping)
    put([UInt8](repeating: Self.poison, count: dataByteCount), at: 0)
    self[.writeIndex] = write
    self[.readIndex] = read
  }

  /// The ring as the code under test gets it.
  package var ring: MappedRing { view.ring }

  /// A word of the control page.
  package subscript(word: ControlPageOffset) -> UInt32 {
    get {
      let bytes = bytes(word.rawValue..<word.rawValue + 4)
      return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    nonmutating set {
      write((0..<4).map { UInt8(truncatingIfNeeded: newValue >> (8 * $0)) }, at: word.rawValue)
    }
  }

  /// The bytes of the control page.
  package var controlPage: [UInt8] { bytes(0..<Self.pageByteCount) }

  /// The bytes of the data area.
  package var data: [UInt8] { bytes(Self.pageByteCount..<Self.pageByteCount + dataByteCount) }

  /// `count` bytes of the data area from `offset` on, around its end.
  package func data(at offset: Int, count: Int) -> [UInt8] {
    let first = min(count, dataByteCount - offset)
    let start = Self.pageByteCount
    return bytes(start + offset..<start + offset + first) + bytes(start..<start + count - first)
  }

  /// Puts bytes into the data area from `offset` on, around its end.
  package func put(_ bytes: [UInt8], at offset: Int) {
    let first = min(bytes.count, dataByteCount - offset)
    write(Array(bytes[..<first]), at: Self.pageByteCount + offset)
    write(Array(bytes[first...]), at: Self.pageByteCount)
  }

  /// Puts a word into the data area.
  package func put(_ word: UInt64, at offset: Int) {
    put((0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }, at: offset)
  }

  /// The state to print beside a failure.
  package var description: String {
    let words = ControlPageOffset.allCases.map { "\($0) 0x\(String(self[$0], radix: 16))" }
    return "ring of \(dataByteCount) bytes: " + words.joined(separator: ", ")
  }

  private func bytes(_ range: Range<Int>) -> [UInt8] {
    region.bytes.array(range)
  }

  private func write(_ bytes: [UInt8], at offset: Int) {
    region.bytes.write(bytes, at: offset)
  }
}
