import SharedMemory
import TestSupport
import Testing

@Suite("Private bytes")
struct PrivateBytesTests {
  @Test("are zeroed and as many as asked for", arguments: [1, 7, 64, 4097])
  func zeroed(count: Int) {
    let bytes = PrivateBytes(byteCount: count)
    #expect(bytes.byteCount == count)
    let copy = bytes.copy(0..<count)
    #expect(copy == [UInt8](repeating: 0, count: count))
  }

  @Test("keep what was written")
  func write() {
    var bytes = PrivateBytes(byteCount: 16)
    do {
      var span = bytes.mutableSpan(8)
      #expect(span.byteCount == 8)
      span.storeBytes(of: 0x0102_0304, toByteOffset: 4, as: UInt32.self)
    }
    let seen = bytes.copy(0..<9)
    #expect(seen == [0, 0, 0, 0, 4, 3, 2, 1, 0])
    let none = bytes.span(0).byteCount
    #expect(none == 0)
  }

  @Test("are copied from an array, and out to one")
  func copy() {
    let bytes = PrivateBytes(copying: [1, 2, 3, 4, 5])
    let (all, part, none) = (bytes.copy(0..<5), bytes.copy(1..<3), bytes.copy(5..<5))
    #expect(all == [1, 2, 3, 4, 5])
    #expect(part == [2, 3])
    #expect(none.isEmpty)
  }

  @Test("begin at a cache line")
  func alignment() {
    for _ in 0..<8 {
      let bytes = PrivateBytes(byteCount: 24)
      let address = bytes.span(1).withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      #expect(address % 64 == 0)
    }
  }

  @Test("trap on more than there are")
  func bounds() async {
    await #expect(processExitsWith: .trap) { _ = PrivateBytes(byteCount: 8).span(9).byteCount }
    await #expect(processExitsWith: .trap) {
      var bytes = PrivateBytes(byteCount: 8)
      _ = bytes.mutableSpan(-1).byteCount
    }
    await #expect(processExitsWith: .trap) { _ = PrivateBytes(byteCount: 8).copy(1..<9) }
    await #expect(processExitsWith: .trap) { _ = PrivateBytes(byteCount: 0) }
  }
}
