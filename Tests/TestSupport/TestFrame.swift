/// A TCP or UDP frame put together from its parts: as it leaves a network card, or as a guest leaves it to its host.
package struct TestFrame: Sendable {
  /// What is left to do for the host.
  package enum Form: CaseIterable, Sendable {
    /// Nothing: every length and checksum is right.
    case finished
    /// The checksums: that of IPv4 is zero, that of the transport header is the sum of the pseudo header.
    case withoutChecksums
    /// Lengths, too: that of the packet is zero, and the pseudo header is summed with the length 0.
    case largeSend
  }

  package static let finFlag: UInt8 = 0x01
  package static let pushFlag: UInt8 = 0x08
  package static let ackFlag: UInt8 = 0x10
  package static let congestionWindowReducedFlag: UInt8 = 0x80

  package var isIPv6 = false
  package var isUDP = false
  /// The control information of the tags inside the frame, the outer one first.
  package var tags: [UInt16] = []
  /// Of IPv4: a multiple of four bytes.
  package var ipOptions: [UInt8] = []
  /// Of IPv6: how many headers of destination options.
  package var extensionHeaderCount = 0
  /// The size of each: a multiple of eight bytes, at most 256.
  package var extensionHeaderByteCount = 8
  /// A multiple of four bytes.
  package var tcpOptions: [UInt8] = []
  package var payload: [UInt8] = []
  package var sourcePort: UInt16 = 49152
  package var identification: UInt16 = 0x1234
  package var sequenceNumber: UInt32 = 0x0102_0304
  package var flags = ackFlag | pushFlag
  /// What is behind the packet in its frame.
  package var padding: [UInt8] = []

  package init() {}

  /// Where the IP header begins.
  package var ipOffset: Int { 14 + 4 * tags.count }
  /// Where the transport header begins.
  package var transportOffset: Int {
    ipOffset + (isIPv6 ? 40 + extensionHeaderByteCount * extensionHeaderCount : 20 + ipOptions.count)
  }
  /// Where the payload begins.
  package var payloadOffset: Int { transportOffset + (isUDP ? 8 : 20 + tcpOptions.count) }

  private var protocolNumber: UInt8 { isUDP ? 17 : 6 }

  private var otherAddresses: [UInt8]?

  /// The addresses, the source's first.
  private var addresses: [UInt8] {
    if let otherAddresses { return otherAddresses }
    guard isIPv6 else { return [192, 0, 2, 1, 192, 0, 2, 2] }
    let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    return prefix + [1] + prefix + [2]
  }

  /// Gives it other addresses: those it has are the bytes of the source, and then of the destination.
  package mutating func changeAddresses(_ change: (inout [UInt8]) -> Void) {
    var addresses = addresses
    change(&addresses)
    otherAddresses = addresses
  }

  /// The frame's bytes.
  package func bytes(_ form: Form = .finished) -> [UInt8] {
    let transport = transportBytes(form)
    var bytes: [UInt8] = [0x00, 0x15, 0x5D, 0x01, 0x02, 0x03, 0x00, 0x15, 0x5D, 0x0A, 0x0B, 0x0C]
    for tag in tags { bytes += [0x81, 0x00] + Self.bytes(tag) }
    bytes += isIPv6 ? ipv6Bytes(form, transport.count) : ipv4Bytes(form, transport.count)
    return bytes + transport + padding
  }

  private func ipv4Bytes(_ form: Form, _ transportByteCount: Int) -> [UInt8] {
    let headerByteCount = 20 + ipOptions.count
    var header: [UInt8] = [0x40 | UInt8(headerByteCount / 4), 0]
    header += Self.bytes(form == .largeSend ? 0 : UInt16(headerByteCount + transportByteCount))
    header += Self.bytes(identification)
    header += [0x40, 0, 64, protocolNumber, 0, 0]
    header += addresses + ipOptions
    if form == .finished { header.replaceSubrange(10..<12, with: Self.bytes(internetChecksum(header))) }
    return [0x08, 0x00] + header
  }

  private func ipv6Bytes(_ form: Form, _ transportByteCount: Int) -> [UInt8] {
    let numbers = [UInt8](repeating: 60, count: extensionHeaderCount) + [protocolNumber]
    var bytes: [UInt8] = [0x86, 0xDD, 0x60, 0, 0, 0]
    bytes += Self.bytes(
      form == .largeSend ? 0 : UInt16(extensionHeaderByteCount * extensionHeaderCount + transportByteCount))
    bytes += [numbers[0], 64]
    bytes += addresses
    // Each header of options holds nothing but padding: an option that says so, and zeros.
    let zeroCount = UInt8(extensionHeaderByteCount - 4)
    for number in numbers.dropFirst() {
      bytes += [number, UInt8(extensionHeaderByteCount / 8 - 1), 1, zeroCount]
      bytes += [UInt8](repeating: 0, count: Int(zeroCount))
    }
    return bytes
  }

  private func transportBytes(_ form: Form) -> [UInt8] {
    // To the discard service: of no payload can be told that it is wrong.
    var bytes = Self.bytes(sourcePort) + [0x00, 0x09]
    if isUDP {
      bytes += Self.bytes(UInt16(8 + payload.count)) + [0, 0]
    } else {
      bytes += Self.bytes(UInt16(sequenceNumber >> 16)) + Self.bytes(UInt16(sequenceNumber & 0xFFFF))
      bytes += [5, 6, 7, 8, UInt8(5 + tcpOptions.count / 4) << 4, flags, 0xFF, 0xF0, 0, 0, 0, 0]
      bytes += tcpOptions
    }
    bytes += payload
    var checksum = ~internetChecksum(pseudoHeader(form == .largeSend ? 0 : bytes.count))
    if form == .finished {
      checksum = internetChecksum(pseudoHeader(bytes.count) + bytes)
      if isUDP && checksum == 0 { checksum = 0xFFFF }
    }
    bytes.replaceSubrange(isUDP ? 6..<8 : 16..<18, with: Self.bytes(checksum))
    return bytes
  }

  private func pseudoHeader(_ transportByteCount: Int) -> [UInt8] {
    addresses + [0, protocolNumber] + Self.bytes(UInt16(transportByteCount >> 16))
      + Self.bytes(UInt16(transportByteCount & 0xFFFF))
  }

  /// The frames that a large send in pieces of so many bytes comes to.
  package func segments(_ segmentByteCount: Int) -> [TestFrame] {
    let starts = payload.isEmpty ? [0] : Array(stride(from: 0, to: payload.count, by: segmentByteCount))
    return starts.enumerated().map { index, start in
      var segment = self
      segment.payload = Array(payload[start..<min(start + segmentByteCount, payload.count)])
      segment.padding = []
      segment.identification &+= UInt16(index)
      segment.sequenceNumber &+= UInt32(start)
      if index > 0 { segment.flags &= ~Self.congestionWindowReducedFlag }
      if index < starts.count - 1 { segment.flags &= ~(Self.finFlag | Self.pushFlag) }
      return segment
    }
  }

  /// The frame with one more tag, outside those it has.
  package func tagged(_ tag: UInt16?) -> TestFrame {
    var frame = self
    if let tag { frame.tags.insert(tag, at: 0) }
    return frame
  }

  private static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
