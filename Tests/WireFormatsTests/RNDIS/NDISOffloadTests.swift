import TestSupport
import Testing
import WireFormats

@Suite("NDIS offloads")
struct NDISOffloadTests {
  private func emitted(_ value: some OIDValue) -> [UInt8] { poisoned(value.encodedSize) { value.emit(into: &$0) } }

  private static func capabilities(revision: UInt8) -> NDISOffloadCapabilities {
    NDISOffloadCapabilities(
      revision: revision, checksumsIPv4: [.ipOptions, .tcpOptions, .tcp, .udp, .ipHeader],
      checksumsIPv6: [.ipOptions, .tcpOptions, .tcp, .udp],
      largeSendIPv4: NDISOffloadCapabilities.LargeSend(maximumByteCount: 0xF53C, minimumSegmentCount: 2),
      largeSendIPv6: NDISOffloadCapabilities.LargeSend(maximumByteCount: 0xF53D, minimumSegmentCount: 3),
      largeSendIPv6Headers: [.ipOptions, .tcpOptions])
  }

  /// The capabilities by the protocol's own table of offsets.
  private static func expectedCapabilities(revision: UInt8, byteCount: UInt8) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(byteCount))
    bytes.replaceSubrange(0..<4, with: [0xA7, revision, byteCount, 0])
    for (offset, word) in [
      (4, [2, 0x155]), (20, [2, 0x55]), (80, [2, 0xF53C, 2]), (92, [2, 0xF53D, 3, 5]),
    ] as [(Int, [UInt32])] {
      let field = word.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
      bytes.replaceSubrange(offset..<offset + field.count, with: field)
    }
    return bytes
  }

  @Test(
    "capabilities are written and read in each revision", arguments: [(1, 112), (2, 144), (3, 156)] as [(UInt8, UInt8)])
  func capabilities(revision: UInt8, byteCount: UInt8) throws {
    let value = Self.capabilities(revision: revision)
    let bytes = emitted(value)
    #expect(bytes == Self.expectedCapabilities(revision: revision, byteCount: byteCount))
    #expect(try NDISOffloadCapabilities(parsing: bytes.span.bytes) == value)
    HostileBytes.withEveryTruncation(of: bytes) { truncated in
      #expect(throws: WireError.truncated(needed: truncated.count < 4 ? 4 : Int(byteCount), got: truncated.count)) {
        _ = try NDISOffloadCapabilities(parsing: truncated.span.bytes)
      }
    }
  }

  @Test("a revision of later times has the last one's fields")
  func laterRevision() throws {
    var bytes = emitted(Self.capabilities(revision: 3))
    bytes[1] = 4
    #expect(try NDISOffloadCapabilities(parsing: bytes.span.bytes) == Self.capabilities(revision: 3))
  }

  @Test("work on frames that are not Ethernet is none", arguments: [4, 20, 80, 92])
  func otherFraming(offset: Int) throws {
    var bytes = emitted(Self.capabilities(revision: 3))
    bytes[offset] = 1
    let read = try NDISOffloadCapabilities(parsing: bytes.span.bytes)
    #expect(read.checksumsIPv4.isEmpty == (offset == 4))
    #expect(read.checksumsIPv6.isEmpty == (offset == 20))
    #expect((read.largeSendIPv4 == nil) == (offset == 80))
    #expect((read.largeSendIPv6 == nil) == (offset == 92))
    #expect(read.largeSendIPv6Headers.isEmpty == (offset == 92))
  }

  @Test("capabilities of another kind, of no revision, or too small are refused")
  func badCapabilities() {
    for (offset, value, error) in [
      (0, 0x80, .unexpectedType(expected: 0xA7, got: 0x80)), (1, 0, .fieldOutOfRange(.objectRevision, value: 0)),
      (2, 155, .fieldOutOfRange(.objectByteCount, value: 155)),
    ] as [(Int, UInt8, WireError)] {
      var bytes = emitted(Self.capabilities(revision: 3))
      bytes[offset] = value
      #expect(throws: error) { try NDISOffloadCapabilities(parsing: bytes.span.bytes) }
    }
  }

  @Test("a query asks for capabilities with the header of its revision")
  func queryHeaders() {
    for (revision, byteCount) in [(1, 112), (2, 144), (3, 156)] as [(UInt8, UInt16)] {
      let header = NDISOffloadCapabilities.queryHeader(revision: revision)
      #expect(header == NDISObjectHeader(kind: .offload, revision: revision, structureByteCount: byteCount))
    }
  }

  private static func parameters(revision: UInt8) -> NDISOffloadParameters {
    var parameters = NDISOffloadParameters(revision: revision)
    parameters.ipv4Header = .transmit
    parameters.tcpIPv4 = .both
    parameters.udpIPv4 = .off
    parameters.tcpIPv6 = .receive
    parameters.udpIPv6 = .transmit
    parameters.largeSendVersion1 = .off
    parameters.largeSendIPv4 = .on
    parameters.largeSendIPv6 = .off
    return parameters
  }

  @Test("parameters are written and read in each revision", arguments: [(1, 20), (2, 22), (3, 28)] as [(UInt8, UInt8)])
  func parameters(revision: UInt8, byteCount: UInt8) throws {
    let value = Self.parameters(revision: revision)
    let bytes = emitted(value)
    let switches: [UInt8] = [2, 4, 1, 3, 2, 1, 0, 2, 1]
    #expect(
      bytes == [0x80, revision, byteCount, 0] + switches + [UInt8](repeating: 0, count: Int(byteCount) - 13))
    #expect(try NDISOffloadParameters(parsing: bytes.span.bytes) == value)
    // What follows the last field only fills the structure.
    let end = min(bytes.count, 26)
    HostileBytes.withEveryTruncation(of: Array(bytes[..<end])) { truncated in
      #expect(throws: WireError.truncated(needed: truncated.count < 4 ? 4 : end, got: truncated.count)) {
        _ = try NDISOffloadParameters(parsing: truncated.span.bytes)
      }
    }
  }

  @Test("parameters of another kind are refused")
  func badParameters() {
    var bytes = emitted(Self.parameters(revision: 3))
    bytes[0] = 0xA7
    #expect(throws: WireError.unexpectedType(expected: 0x80, got: 0xA7)) {
      try NDISOffloadParameters(parsing: bytes.span.bytes)
    }
  }
}
